package io.clarion.opencl.driver.device;

/** The driver does not take a binary that some driver once gave: build from source instead. */
public class BinaryRejected extends OpenClException {
    private static final long serialVersionUID = 1L;

    public BinaryRejected(DeviceInfo device, int code) {
        super(device.id() + " (" + device.name() + ")", "loading a program's binary", code,
                "made by another driver or version: build from source");
    }
}
