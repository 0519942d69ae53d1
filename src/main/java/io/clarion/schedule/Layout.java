package io.clarion.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who does what of a graph: it holds until a device fails, or others are to do it.
 *
 * @param <P> what a device does, compiled for it
 */
final class Layout<P extends Part> {
    private final DeviceGroup devices;
    private final Map<Member, P> parts = new LinkedHashMap<>();
    private final Map<Member, Integer> lives = new LinkedHashMap<>();
    private boolean isComplete = true;
    private boolean isWarm;

    Layout(DeviceGroup devices) {
        this.devices = devices;
    }

    /** Gives a device its part, which it has in its life {@code life} alone. */
    void add(Member member, int life, P part) {
        parts.put(member, part);
        lives.put(member, life);
    }

    /** Says that a device could not do its part. */
    void spoil() {
        isComplete = false;
    }

    /** Whether all devices that have a part can do it. */
    boolean isCurrent() {
        return isComplete && lives.entrySet().stream().allMatch(e -> e.getKey().isIn(e.getValue()));
    }

    /** Whether it has been called before. */
    boolean isWarm() {
        return isWarm;
    }

    void warmUp() {
        isWarm = true;
    }

    List<Member> members() {
        return List.copyOf(parts.keySet());
    }

    P part(Member member) {
        return parts.get(member);
    }

    List<P> parts() {
        return List.copyOf(parts.values());
    }

    /** The lives in which the devices have their parts. */
    Map<Member, Integer> lives() {
        return Map.copyOf(lives);
    }

    /** Frees the parts; a device that has failed since is not waited for. */
    void close() {
        parts.forEach((member, part) -> {
            if (member.isIn(lives.get(member))) {
                part.close();
            } else {
                devices.workers().aside(part::close);
            }
        });
    }
}
