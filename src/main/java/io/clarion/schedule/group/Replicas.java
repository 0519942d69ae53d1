package io.clarion.schedule.group;

import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Storage;
import io.clarion.tensor.NDArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The value of a variable that devices share: it knows which copies are valid, on devices and on the host, and makes
 * others so when they are needed. To be used in the devices' turn.
 */
public final class Replicas implements Storage {
    private final DeviceTeam devices;
    private final Copies copies;
    /** Who has a valid copy, and in which epoch. */
    private final Map<GroupDevice, Integer> valid = new HashMap<>();
    /** A valid copy; null if there is none on the host. */
    private NDArray host;

    Replicas(DeviceTeam devices, Copies copies, NDArray value) {
        this.devices = devices;
        this.copies = copies;
        this.host = value;
    }

    @Override
    public Object device() {
        return devices;
    }

    /** Makes the copy of a device valid; a device that fails to give its own is taken out. */
    synchronized void refresh(GroupDevice member) {
        if (!isOn(member)) {
            int epoch = member.epoch();
            copies.on(member).set(value());
            valid.put(member, epoch);
        }
    }

    /** Says that a device changes its copy: until it is done, that is not valid. */
    public synchronized void changing(GroupDevice by) {
        valid.remove(by);
    }

    /** Says that the copies of some devices, in these epochs, have the new value, and no others. */
    public synchronized void changed(Map<GroupDevice, Integer> by) {
        valid.clear();
        valid.putAll(by);
        host = null;
    }

    /** Says that the value is {@code value}, which nobody changes, and no device has it. */
    public synchronized void renewed(NDArray value) {
        valid.clear();
        host = value;
    }

    /** Says that a device has the value too, in its epoch {@code epoch}. */
    public synchronized void has(GroupDevice member, int epoch) {
        valid.put(member, epoch);
    }

    /** Returns whether the copy of a device is valid. */
    synchronized boolean isOn(GroupDevice member) {
        return Integer.valueOf(member.epoch()).equals(valid.get(member));
    }

    /** Returns whether there is a valid copy. */
    public synchronized boolean isValid() {
        return host != null || valid.entrySet().stream().anyMatch(e -> e.getKey().isIn(e.getValue()));
    }

    /** Sees to it that no device is the only one that has the value. */
    public synchronized void keep() {
        int holders = 0;
        for (var e : valid.entrySet()) {
            holders += e.getKey().isIn(e.getValue()) ? 1 : 0;
        }
        if (host == null && holders < 2) {
            host = value();
        }
    }

    private NDArray value() {
        if (host != null) {
            return host;
        }
        for (GroupDevice member : List.copyOf(valid.keySet())) {
            int epoch = valid.get(member);
            if (member.isIn(epoch)) {
                try {
                    return devices.workers().ask(member, copies.on(member)::value, late -> {});
                } catch (DeviceFailure e) {
                    member.fail(epoch, e);
                }
            }
            valid.remove(member);
        }
        throw devices.noneLeft("the value of variable " + copies.name() + " is lost with the devices that had it");
    }

    @Override
    public synchronized NDArray read() {
        NDArray value = value();
        return value == host ? value.copy() : value;
    }

    @Override
    public synchronized void write(NDArray value) {
        valid.clear();
        host = value.copy();
    }

    @Override
    public void inTurn(Runnable action) {
        synchronized (devices) {
            action.run();
        }
    }

    @Override
    public void close() {
        // The copies stay for when the variable comes back.
    }
}
