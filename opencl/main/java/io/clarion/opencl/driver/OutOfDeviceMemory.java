package io.clarion.opencl.driver;

import org.jocl.CL;

/** A buffer does not fit on the device. */
public class OutOfDeviceMemory extends OpenClException {
    private static final long serialVersionUID = 1L;

    private final long asked;
    private final long live;

    private OutOfDeviceMemory(String message, Device device, String operation, int code, long asked, long live) {
        super(message, device.id(), operation, code, Codes.cure(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE));
        this.asked = asked;
        this.live = live;
    }

    static OutOfDeviceMemory asking(Device device, long bytes, long live, int code) {
        String why = bytes > device.maxAllocation() ? "that is more than one allocation may have"
                : live + bytes > device.globalMemory() ? "that is more than is left"
                : "the driver refused with " + Codes.name(code);
        return new OutOfDeviceMemory(
                "%s (%s): a buffer of %,d bytes was asked, and %s; we hold %,d bytes of the device's %,d, the largest "
                        .formatted(device.id(), device.name(), bytes, why, live, device.globalMemory())
                + "allocation is %,d; %s".formatted(device.maxAllocation(),
                        Codes.cure(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE)),
                device, "allocating", code, bytes, live);
    }

    static OutOfDeviceMemory during(Device device, String operation, int code) {
        long live = MemoryAccount.of(device).live();
        return new OutOfDeviceMemory(
                "%s (%s): %s failed with %s (%d), the driver found no memory for a buffer; we hold %,d bytes of the "
                        .formatted(device.id(), device.name(), operation, Codes.name(code), code, live)
                + "device's %,d; %s".formatted(device.globalMemory(), Codes.cure(code)),
                device, operation, code, 0, live);
    }

    /** The bytes asked for; 0 where an earlier allocation turned out not to fit. */
    public long asked() {
        return asked;
    }

    /** The bytes that this process held on the device. */
    public long live() {
        return live;
    }

    @Override
    public boolean isOutOfMemory() {
        return true;
    }
}
