// Sums of segments: row r of the result is the sum of those updates whose places order[starts[r]] to order[starts[r + 1] - 1]
// tell, in that order.
//
//   CPU: a work-item takes a block of rows, VW columns at a time     GPU: work-items take elements in turns
//
// Holes:  TERM_V(i, c), TERM_1(i, c) give update i at columns c; WRITE_V(row, c, acc), WRITE_1(row, c, acc) take sums.
// ADD(a, x) joins two.
// Parameters:  VW, lanes of a vector; REST, 1 if vectors leave scalars over; CPU, 1 on a CPU; TYPE, the type of the sums.
#ifndef KERNEL
#define KERNEL segments
#define PARAMETERS global const int* starts, global const int* order, global const float* x, global float* y
#define STARTS starts
#define ORDER order
#define VW 4
#define REST 1
#define CPU 1
#define TYPE float
#define ADD(a, x) ((a) + (x))
#define TERM_V(i, c) vload4(0, x + i * 64 + c)
#define TERM_1(i, c) x[i * 64 + c]
#define WRITE_V(row, c, acc) vstore4(acc, 0, y + row * 64 + c)
#define WRITE_1(row, c, acc) y[row * 64 + c] = acc
#endif

#if CPU
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int rows, const int columns, const int block) {
  const int begin = get_global_id(0) * block;
  const int end = min(begin + block, rows);
  for (int row = begin; row < end; row++) {
    const int first = STARTS[row];
    const int last = STARTS[row + 1];
    int c = 0;
#if VW > 1
    for (; c + VW <= columns; c += VW) {
      JOIN(TYPE, VW) acc = 0;
      for (int k = first; k < last; k++) {
        acc = ADD(acc, TERM_V(ORDER[k], c));
      }
      WRITE_V(row, c, acc);
    }
#endif
#if REST
    for (; c < columns; c++) {
      TYPE acc = 0;
      for (int k = first; k < last; k++) {
        acc = ADD(acc, TERM_1(ORDER[k], c));
      }
      WRITE_1(row, c, acc);
    }
#endif
  }
}
#else
kernel void KERNEL(PARAMETERS, const int rows, const int columns) {
  for (int o = get_global_id(0); o < rows * columns; o += get_global_size(0)) {
    const int row = o / columns, c = o % columns;
    const int last = STARTS[row + 1];
    TYPE acc = 0;
    for (int k = STARTS[row]; k < last; k++) {
      acc = ADD(acc, TERM_1(ORDER[k], c));
    }
    WRITE_1(row, c, acc);
  }
}
#endif
