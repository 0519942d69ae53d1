// Vectors in memory, which every program begins with: load8(p) and store8(value, p), for all types and widths that kernels have.
// They ask for no more than vload8 and vstore8 do, that p is aligned as an element is, and on a GPU are the same. But PoCL makes
// those of pieces of two lanes, which LLVM joins again only where nothing lies between. Stores to global memory stay vstore8:
// beside such loads Intel's compiler takes them for stores to what is read next. So do the tiles of products and convolutions stay
// vload8 and vstore8, which take its 3 x 3 convolutions a fifth to a quarter less time. Parameter: LOOSE, 1 on a CPU.
#ifndef LOOSE
#define LOOSE 1
#endif
#if LOOSE
#define ACCESS(TYPE, N) \
typedef TYPE##N __attribute__((aligned(sizeof(TYPE)))) loose_##TYPE##N; \
static TYPE##N __attribute__((overloadable, always_inline)) load##N(global const TYPE* p) { return *(global const loose_##TYPE##N*)p; } \
static TYPE##N __attribute__((overloadable, always_inline)) load##N(private const TYPE* p) { return *(private const loose_##TYPE##N*)p; } \
static void __attribute__((overloadable, always_inline)) store##N(const TYPE##N value, global TYPE* p) { vstore##N(value, 0, p); } \
static void __attribute__((overloadable, always_inline)) store##N(const TYPE##N value, private TYPE* p) { *(private loose_##TYPE##N*)p = value; }
#define WIDTHS(TYPE) ACCESS(TYPE, 2) ACCESS(TYPE, 4) ACCESS(TYPE, 8) ACCESS(TYPE, 16)
WIDTHS(uchar)
WIDTHS(ushort)
WIDTHS(int)
WIDTHS(long)
WIDTHS(float)
#ifdef cl_khr_fp64
WIDTHS(double)
#endif
#undef WIDTHS
#undef ACCESS
#else
#define load2(p) vload2(0, p)
#define load4(p) vload4(0, p)
#define load8(p) vload8(0, p)
#define load16(p) vload16(0, p)
#define store2(value, p) vstore2(value, 0, p)
#define store4(value, p) vstore4(value, 0, p)
#define store8(value, p) vstore8(value, 0, p)
#define store16(value, p) vstore16(value, 0, p)
#endif
