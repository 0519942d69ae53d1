package io.clarion.schedule.group;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The division of a graph among devices: it holds until a device fails, or others are to do it.
 *
 * @param <P> what a device does, compiled for it
 */
public final class Layout<P extends Part> {
    private final DeviceTeam devices;
    private final Map<GroupDevice, P> parts = new LinkedHashMap<>();
    private final Map<GroupDevice, Integer> epochs = new LinkedHashMap<>();
    private boolean isComplete = true;
    private boolean isWarm;

    public Layout(DeviceTeam devices) {
        this.devices = devices;
    }

    /** Gives a device its part, which it has in its epoch {@code epoch} alone. */
    void add(GroupDevice member, int epoch, P part) {
        parts.put(member, part);
        epochs.put(member, epoch);
    }

    /** Says that a device could not do its part. */
    void spoil() {
        isComplete = false;
    }

    /** Returns whether all devices that have a part can do it. */
    public boolean isCurrent() {
        return isComplete && epochs.entrySet().stream().allMatch(e -> e.getKey().isIn(e.getValue()));
    }

    /** Returns whether it has been called before. */
    public boolean isWarm() {
        return isWarm;
    }

    public void warmUp() {
        isWarm = true;
    }

    public List<GroupDevice> members() {
        return List.copyOf(parts.keySet());
    }

    public P part(GroupDevice member) {
        return parts.get(member);
    }

    public List<P> parts() {
        return List.copyOf(parts.values());
    }

    /** Returns the epochs in which the devices have their parts. */
    public Map<GroupDevice, Integer> epochs() {
        return Map.copyOf(epochs);
    }

    /** Frees the parts; a device that has failed since is not waited for. */
    public void close() {
        parts.forEach((member, part) -> {
            if (member.isIn(epochs.get(member))) {
                part.close();
            } else {
                devices.workers().aside(part::close);
            }
        });
    }
}
