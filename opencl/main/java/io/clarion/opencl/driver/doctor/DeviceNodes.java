package io.clarion.opencl.driver.doctor;

import io.clarion.opencl.driver.library.Finding;
import io.clarion.opencl.driver.library.HostSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of /dev through which Linux drivers reach a GPU: each must be readable and writable by the user. */
final class DeviceNodes {
    private DeviceNodes() {}

    static List<Finding> examine(HostSystem machine) {
        List<Finding> findings = new ArrayList<>();
        for (Path node : nodes(machine)) {
            findings.add(Files.isReadable(node) && Files.isWritable(node) ? Finding.fine(node + " can be opened")
                    : Finding.problem(node + " cannot be opened by this user", cure(node)));
        }
        return findings;
    }

    static List<Path> nodes(HostSystem machine) {
        return !machine.isLinux() ? List.of() : Stream.of(
                HostSystem.list(machine.path("/dev/dri"), "renderD*"), HostSystem.list(machine.path("/dev"), "kfd"),
                HostSystem.list(machine.path("/dev"), "nvidia*"), HostSystem.list(machine.path("/dev"), "dxg"))
                .flatMap(List::stream).filter(node -> !Files.isDirectory(node)).toList();
    }

    private static String cure(Path node) {
        try {
            String group = Files.readAttributes(node, PosixFileAttributes.class).group().getName();
            return "sudo usermod -aG " + group + " $USER, then log in again; in a container --group-add " + group;
        } catch (IOException | UnsupportedOperationException e) {
            return "add the user to the groups render and video, then log in again";
        }
    }
}
