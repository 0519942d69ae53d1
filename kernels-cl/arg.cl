// The index of the first extreme of length terms, for each element o of the result; a NaN counts as the extreme.
//
// Holes:  TERM_1(o, r) gives terms; WRITE_1(o, acc) takes the index; BETTER(x, best) says whether a term takes over.
// Parameters:  CPU, 1 on a CPU; TYPE, the type of the terms.
#ifndef KERNEL
#define KERNEL arg
#define PARAMETERS global const float* x, global int* y
#define CPU 1
#define TYPE float
#define BETTER(x, best) ((x) > (best) || ((x) != (x) && (best) == (best)))
#define TERM_1(o, r) x[o * 8 + r]
#define WRITE_1(o, acc) y[o] = acc
#endif

#if CPU
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int count, const int length, const int block) {
  const int begin = get_global_id(0) * block;
  const int step = 1;
  const int end = min(begin + block, count);
#else
kernel void KERNEL(PARAMETERS, const int count, const int length) {
  const int begin = get_global_id(0);
  const int step = get_global_size(0);
  const int end = count;
#endif
  for (int o = begin; o < end; o += step) {
    TYPE best = TERM_1(o, 0);
    int index = 0;
    for (int r = 1; r < length; r++) {
      const TYPE term = TERM_1(o, r);
      if (BETTER(term, best)) {
        best = term;
        index = r;
      }
    }
    WRITE_1(o, index);
  }
}
