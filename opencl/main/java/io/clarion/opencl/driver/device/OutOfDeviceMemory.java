package io.clarion.opencl.driver.device;

import java.util.Locale;
import org.jocl.CL;

/** A buffer does not fit on the device. */
public class OutOfDeviceMemory extends OpenClException {
    private static final long serialVersionUID = 1L;

    private final long asked;
    private final long live;
    private final boolean isWithoutEffect;

    private OutOfDeviceMemory(String message, String device, String operation, int code, long asked, long live,
            boolean isWithoutEffect) {
        super(message, device, operation, code, Codes.cure(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE));
        this.asked = asked;
        this.live = live;
        this.isWithoutEffect = isWithoutEffect;
    }

    public static OutOfDeviceMemory asking(DeviceInfo device, long bytes, long live, long memory, int code) {
        String why = bytes > device.maxAllocation() ? "that is more than one allocation may have"
                : live + bytes > memory ? "that is more than is left"
                        : "the driver refused with " + Codes.name(code);
        return new OutOfDeviceMemory(
                String.format(Locale.ROOT,
                        "%s (%s): a buffer of %,d bytes was asked, and %s; we hold %,d bytes of the device's %,d, the largest ",
                        device.id(), device.name(), bytes, why, live, memory)
                        + String.format(Locale.ROOT, "allocation is %,d; %s", device.maxAllocation(),
                                Codes.cure(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE)),
                device.id(), "allocating", code, bytes, live, true);
    }

    /**
     * Returns the failure to allocate buffers of {@code all} bytes together, which would not fit if they were alone.
     */
    public static OutOfDeviceMemory asking(DeviceInfo device, long all, long largest, long live, long memory) {
        return new OutOfDeviceMemory(
                String.format(Locale.ROOT,
                        "%s (%s): buffers of %,d bytes together were asked, the largest of %,d; the device has %,d bytes, of which we hold %,d, the largest ",
                        device.id(), device.name(), all, largest, memory, live)
                        + String.format(Locale.ROOT, "allocation is %,d; %s", device.maxAllocation(),
                                Codes.cure(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE)),
                device.id(), "allocating", CL.CL_INVALID_BUFFER_SIZE, all, live, true);
    }

    static OutOfDeviceMemory during(DeviceInfo device, String operation, int code) {
        long live = MemoryAccount.of(device).live();
        return new OutOfDeviceMemory(
                String.format(Locale.ROOT,
                        "%s (%s): %s failed with %s (%d), the driver found no memory for a buffer; we hold %,d bytes of the ",
                        device.id(), device.name(), operation, Codes.name(code), code, live)
                        + String.format(Locale.ROOT, "device's %,d; %s", device.globalMemory(), Codes.cure(code)),
                device.id(), operation, code, 0, live, false);
    }

    /**
     * Returns the same, with more to say of what holds the memory, and of whether the call that failed has updated
     * nothing.
     */
    public OutOfDeviceMemory with(String holders, boolean isWithoutEffect) {
        var more = new OutOfDeviceMemory(getMessage() + "; " + holders, device(), operation(), code(), asked, live,
                isWithoutEffect);
        more.initCause(this);
        return more;
    }

    /** Returns the bytes asked for; 0 where an earlier allocation turned out not to fit. */
    public long asked() {
        return asked;
    }

    /** Returns the bytes that this process held on the device. */
    public long live() {
        return live;
    }

    @Override
    public boolean isOutOfMemory() {
        return true;
    }

    @Override
    public boolean isWithoutEffect() {
        return isWithoutEffect;
    }
}
