package io.clarion.schedule.group;

import io.clarion.engine.DeviceFailure;
import java.util.List;
import java.util.stream.Collectors;

/** All devices that worked together have failed; the message has what became of each. */
public final class NoDeviceLeft extends DeviceFailure {
    private static final long serialVersionUID = 1L;

    NoDeviceLeft(String what, List<GroupDevice> members) {
        super(what + "; " + members.stream().map(GroupDevice::fate).collect(Collectors.joining("; ")));
    }
}
