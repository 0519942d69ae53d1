package io.clarion.opencl.driver.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A native library of this process, as Linux's dynamic linker has laid it out in memory: ELF of 64 bits, little-endian.
 *
 * @param file  its file
 * @param start where its first page lies
 * @param code  where its instructions lie
 */
record LoadedLibrary(Path file, long start, List<Range> code) {
    /** Addresses, the last excluded. */
    record Range(long from, long to) {
        boolean contains(long address) {
            return Long.compareUnsigned(from, address) <= 0 && Long.compareUnsigned(address, to) < 0;
        }
    }

    // Names and numbers are those of <elf.h>.
    private static final int ELF_MAGIC = 0x464C457F;
    private static final int ELFCLASS64_ELFDATA2LSB = 0x0102;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final long DT_PLTRELSZ = 2;
    private static final long DT_STRTAB = 5;
    private static final long DT_SYMTAB = 6;
    private static final long DT_RELA = 7;
    private static final long DT_RELASZ = 8;
    private static final long DT_PLTREL = 20;
    private static final long DT_JMPREL = 23;
    private static final long DT_RELACOUNT = 0x6ffffff9L;
    private static final long DT_GNU_HASH = 0x6ffffef5L;
    private static final int STT_FUNC = 2;
    private static final int EHDR_BYTES = 64;
    private static final int PHDR_BYTES = 56;
    private static final int SYMBOL_BYTES = 24;
    private static final int RELA_BYTES = 24;
    private static final int MOST_ENTRIES = 512;

    /** Returns the libraries that are loaded now. */
    static List<LoadedLibrary> all() throws IOException {
        var libraries = new ArrayList<LoadedLibrary>();
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            // from-to permissions offset device inode path
            String[] words = line.split(" +", 6);
            if (words.length < 6 || !words[5].startsWith("/") || !words[5].contains(".so")) {
                continue;
            }
            String[] range = words[0].split("-");
            var mapped = new Range(Long.parseUnsignedLong(range[0], 16), Long.parseUnsignedLong(range[1], 16));
            Path file = Path.of(words[5]);
            if (Long.parseUnsignedLong(words[2], 16) == 0) {
                libraries.add(new LoadedLibrary(file, mapped.from(), new ArrayList<>()));
            }
            if (words[1].contains("x") && !libraries.isEmpty() && libraries.getLast().file.equals(file)) {
                libraries.getLast().code.add(mapped);
            }
        }
        return libraries;
    }

    /** Returns the name of its file, such as {@code libpocl.so.2.10.0}. */
    String name() {
        return file.getFileName().toString();
    }

    /** Returns whether the instruction at {@code address} is one of this library's. */
    boolean runs(long address) {
        return code.stream().anyMatch(range -> range.contains(address));
    }

    /** Returns the address of a function that this library has for others; empty if it has none of that name. */
    OptionalLong function(OwnMemory memory, String name) throws IOException {
        Dynamic dynamic = dynamic(memory);
        // The table of names follows that of the symbols, which does not tell its own length.
        long symbols = (dynamic.address(DT_STRTAB) - dynamic.address(DT_SYMTAB)) / SYMBOL_BYTES;
        for (long i = dynamic.firstDefined(memory); i < symbols; i++) {
            Symbol symbol = dynamic.symbol(memory, i);
            if (symbol.isDefined() && symbol.type() == STT_FUNC && memory.holds(symbol.name(), name)) {
                return OptionalLong.of(dynamic.bias + symbol.value());
            }
        }
        return OptionalLong.empty();
    }

    /** Returns the addresses of the words through which this library calls a function of another. */
    List<Long> slots(OwnMemory memory, String function) throws IOException {
        Dynamic dynamic = dynamic(memory);
        OptionalLong symbol = dynamic.imported(memory, function);
        var slots = new ArrayList<Long>();
        if (symbol.isPresent()) {
            long relative = dynamic.number(DT_RELACOUNT) * RELA_BYTES; // they come first, and name no symbol
            if (dynamic.number(DT_RELASZ) > relative) {
                slots(memory.bytes(dynamic.address(DT_RELA) + relative, dynamic.number(DT_RELASZ) - relative),
                        symbol.getAsLong(), dynamic.bias, slots);
            }
            if (dynamic.number(DT_PLTREL) == DT_RELA) {
                slots(memory.bytes(dynamic.address(DT_JMPREL), dynamic.number(DT_PLTRELSZ)), symbol.getAsLong(),
                        dynamic.bias, slots);
            }
        }
        return slots;
    }

    private static void slots(ByteBuffer relocations, long symbol, long bias, List<Long> slots) {
        while (relocations.remaining() >= RELA_BYTES) {
            long offset = relocations.getLong();
            long info = relocations.getLong();
            relocations.getLong(); // the addend
            if (info >>> 32 == symbol) {
                slots.add(bias + offset);
            }
        }
    }

    /** Reads the headers; no tables where this is no such library. */
    private Dynamic dynamic(OwnMemory memory) throws IOException {
        var tables = new HashMap<Long, Long>();
        ByteBuffer header = memory.bytes(start, EHDR_BYTES);
        if (header.getInt(0) != ELF_MAGIC || header.getShort(4) != ELFCLASS64_ELFDATA2LSB) {
            return new Dynamic(start, start, tables);
        }
        ByteBuffer segments = memory.bytes(start + header.getLong(32), (long) header.getShort(56) * PHDR_BYTES);
        long bias = start;
        long end = start;
        long dynamic = 0;
        for (int at = 0; at < segments.limit(); at += PHDR_BYTES) {
            long offset = segments.getLong(at + 8);
            long address = segments.getLong(at + 16);
            switch (segments.getInt(at)) {
                case PT_LOAD -> {
                    bias = offset == 0 ? start - address : bias;
                    end = Math.max(end, bias + address + segments.getLong(at + 40));
                }
                case PT_DYNAMIC -> dynamic = address;
                default -> {}
            }
        }
        for (int i = 0; dynamic != 0 && i < MOST_ENTRIES; i++) {
            long tag = memory.word(bias + dynamic + 16L * i);
            if (tag == 0) {
                break;
            }
            tables.put(tag, memory.word(bias + dynamic + 16L * i + 8));
        }
        return new Dynamic(bias, end, tables);
    }

    /** An entry of the table of symbols; {@code name} is the address of its text. */
    private record Symbol(long name, int type, boolean isDefined, long value) {}

    /**
     * The dynamic section.
     *
     * @param bias   what is added to the addresses of the file
     * @param tables its entries, by tag
     */
    private record Dynamic(long bias, long end, Map<Long, Long> tables) {
        long number(long tag) {
            return tables.getOrDefault(tag, 0L);
        }

        /**
         * Returns the address of an entry in memory. Glibc has put the addresses of memory there; musl leaves those of
         * the file.
         */
        long address(long tag) {
            long address = number(tag);
            return address >= bias && address < end ? address : bias + address;
        }

        /** Symbols of other libraries come before those of its own, which alone are in the hash table. */
        long firstDefined(OwnMemory memory) throws IOException {
            return tables.containsKey(DT_GNU_HASH) ? memory.bytes(address(DT_GNU_HASH), 8).getInt(4) : 0;
        }

        Symbol symbol(OwnMemory memory, long index) throws IOException {
            ByteBuffer symbol = memory.bytes(address(DT_SYMTAB) + index * SYMBOL_BYTES, SYMBOL_BYTES);
            return new Symbol(address(DT_STRTAB) + symbol.getInt(0), symbol.get(4) & 15, symbol.getShort(6) != 0,
                    symbol.getLong(8));
        }

        OptionalLong imported(OwnMemory memory, String function) throws IOException {
            for (long i = 1; i < firstDefined(memory); i++) {
                Symbol symbol = symbol(memory, i);
                if (!symbol.isDefined() && memory.holds(symbol.name(), function)) {
                    return OptionalLong.of(i);
                }
            }
            return OptionalLong.empty();
        }
    }
}
