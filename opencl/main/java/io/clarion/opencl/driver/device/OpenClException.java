package io.clarion.opencl.driver.device;

import io.clarion.engine.DeviceFailure;

/** A driver refused: which device, what was asked of it, OpenCL's code, and the likely cure. */
public class OpenClException extends DeviceFailure {
    private static final long serialVersionUID = 1L;

    private final String device;
    private final String operation;
    private final int code;
    private final String cure;

    public OpenClException(String device, String operation, int code, String cure) {
        this(device + ": " + operation + " failed with " + Codes.name(code) + " (" + code + "); " + cure,
                device, operation, code, cure);
    }

    public OpenClException(String message, String device, String operation, int code, String cure) {
        super(message);
        this.device = device;
        this.operation = operation;
        this.code = code;
        this.cure = cure;
    }

    /** Returns the device's id and name. */
    public String device() {
        return device;
    }

    /** Returns what was asked, such as {@code "queueing kernel gemm"}. */
    public String operation() {
        return operation;
    }

    /** Returns OpenCL's code, which is negative. */
    public int code() {
        return code;
    }

    /** Returns OpenCL's name of the code, such as {@code "CL_OUT_OF_RESOURCES"}. */
    public String codeName() {
        return Codes.name(code);
    }

    /** Returns what would probably help. */
    public String cure() {
        return cure;
    }
}
