// What every program begins with.
// JOIN(a, b): a and b as one word, after macros in them are replaced.
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define ONE_WORK_ITEM __attribute__((reqd_work_group_size(1, 1, 1), vec_type_hint(float8)))
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT ON
// a * b + c, in one step where that is fast: FP_CONTRACT lets the compiler choose. PoCL's mad takes two.
#define FMA(a, b, c) ((a) * (b) + (c))
// A loop that is written out.
#define UNROLLED(i, count) _Pragma("unroll") for (int i = 0; i < (count); i++)
