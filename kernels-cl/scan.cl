// Linear recurrences along an axis: y(i) = a(i) * y(i - 1) + b(i), y(-1) = 0, for each row o.
//
//        o o+1 o+2 o+3
//    i   |   |   |   |    lanes lie side by side in rows that are neighbours in memory;
//   i+1  v   v   v   v    each carries its value down
//
// Holes:  A_V(o, i), A_1(o, i) give factors, B_V(o, i), B_1(o, i) terms; WRITE_V(o, i, acc), WRITE_1(o, i, acc) take results.
// Parameters:  VW, lanes of a vector; REST, 1 if vectors leave scalars over; CPU, 1 on a CPU; TYPE, the type of the values.
#ifndef KERNEL
#define KERNEL scan
#define PARAMETERS global const float* a, global const float* b, global float* y
#define VW 4
#define REST 1
#define CPU 1
#define TYPE float
#define A_V(o, i) vload4(0, a + i * 64 + o)
#define A_1(o, i) a[i * 64 + o]
#define B_V(o, i) vload4(0, b + i * 64 + o)
#define B_1(o, i) b[i * 64 + o]
#define WRITE_V(o, i, acc) vstore4(acc, 0, y + i * 64 + o)
#define WRITE_1(o, i, acc) y[i * 64 + o] = acc
#endif

#if CPU
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int rows, const int length, const int block) {
  const int begin = get_global_id(0) * block;
  const int step = 1;
  const int end = min(begin + block, rows);
#else
kernel void KERNEL(PARAMETERS, const int rows, const int length) {
  const int begin = get_global_id(0);
  const int step = get_global_size(0);
  const int end = rows;
#endif
  int o = begin;
#if VW > 1
  for (; o + VW <= end; o += VW) {
    JOIN(TYPE, VW) acc = 0;
    for (int i = 0; i < length; i++) {
      acc = A_V(o, i) * acc + B_V(o, i);
      WRITE_V(o, i, acc);
    }
  }
#endif
#if REST
  for (; o < end; o += step) {
    TYPE acc = 0;
    for (int i = 0; i < length; i++) {
      acc = A_1(o, i) * acc + B_1(o, i);
      WRITE_1(o, i, acc);
    }
  }
#endif
}
