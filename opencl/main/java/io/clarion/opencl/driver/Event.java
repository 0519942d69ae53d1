package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.Codes;
import io.clarion.opencl.driver.device.Info;
import io.clarion.opencl.driver.device.OpenClException;
import org.jocl.CL;
import org.jocl.cl_event;

/** A queued command, to be waited for or timed. */
public final class Event extends Handle {
    private final Context context;
    private final cl_event[] id;

    Event(Context context, cl_event id) {
        super("event on " + context.device().id(), context.owned(),
                () -> Faults.free(context.device(), "clReleaseEvent", () -> CL.clReleaseEvent(id)));
        this.context = context;
        this.id = new cl_event[] {id};
    }

    /** Waits until the command has run. */
    public void await() {
        alive();
        Codes.check(context.device(), "waiting for a command",
                Faults.run(context.device(), "clWaitForEvents", () -> CL.clWaitForEvents(1, id)));
    }

    /** Returns whether the command has run. */
    public boolean isDone() {
        alive();
        int status = (int) new Info((p, size, value, needed) -> Faults.run(context.device(), "clGetEventInfo",
                () -> CL.clGetEventInfo(id[0], p, size, value, needed)))
                .number(CL.CL_EVENT_COMMAND_EXECUTION_STATUS);
        if (status < 0) {
            Codes.check(context.device(), "a queued command", status);
        }
        return status == CL.CL_COMPLETE;
    }

    /**
     * Waits for the command, and tells how long the device worked on it.
     *
     * @throws IllegalStateException where the context was opened without profiling
     */
    public long nanos() {
        Span span = span();
        return span.end() - span.start();
    }

    /**
     * Waits for the command, and tells when the device worked on it.
     *
     * @throws IllegalStateException where the context was opened without profiling
     */
    public Span span() {
        if (!context.profiling()) {
            throw new IllegalStateException("the context on " + context.device().id()
                    + " was opened without profiling; open it by Context.open(device, true, …)");
        }
        await();
        try {
            Info info = new Info((p, size, value, needed) -> Faults.run(context.device(), "clGetEventProfilingInfo",
                    () -> CL.clGetEventProfilingInfo(id[0], p, size, value, needed)));
            return new Span(info.number(CL.CL_PROFILING_COMMAND_START), info.number(CL.CL_PROFILING_COMMAND_END));
        } catch (Info.Unanswered e) {
            throw new OpenClException(context.device().id(), "timing a command", e.code, Codes.cure(e.code));
        }
    }
}
