// Elementwise work: elements that depend on no others.
//
//   CPU: a work-item takes a block of neighbours, VW at a time     |--------block--------|--------block--------|--
//        (of each part, where there are several)                   [VW][VW][VW]..[rest]
//   GPU: work-items take turns, those of a group in a row          0 1 2 .. size-1 0 1 2 .. size-1 0 1 ..
//
// Holes:  MAP_V(row, i) computes and stores elements i to i + VW - 1 of a row, MAP_1(row, i) element i, MAP_H(row, i) half a vector. The row is
// 0 where all lie in one; then i is a multiple of VW.
// Parameters:  VW, lanes of a vector; REST, 1 if vectors leave scalars over; HALF, 1 if they leave half a vector in place of that; CPU, 1 on a
// CPU; STREAMS, 1 if results are stored past the caches; STAGE, 1 in fused rows (fused_rows.cl), which calls the function for a range of elements, or
// of rows of LENGTH, if that is not 0.
#ifndef KERNEL
#define KERNEL map
#define PARAMETERS global float* x
#define ARGUMENTS x
#define VW 4
#define REST 1
#define HALF 0
#define CPU 1
#define STREAMS 0
#define LENGTH 0
#define MAP_V(row, i) vstore4(vload4(0, x + i) + 1, 0, x + i)
#define MAP_1(row, i) x[i] = x[i] + 1
#endif

#if CPU
static void JOIN(KERNEL, _part)(PARAMETERS, const int row, const int begin, const int end) {
  int i = begin;
#if VW > 1
#if STAGE
  // Two places by turns, so that what one waits for is computed for the other meanwhile.
  const int apart = (end - begin) / (2 * VW) * VW;
  for (; i < begin + apart; i += VW) {
    MAP_V(row, i);
    MAP_V(row, i + apart);
  }
  i += apart;
#endif
  for (; i + VW <= end; i += VW) {
    MAP_V(row, i);
  }
#endif
#if HALF
  if (i < end) {
    MAP_H(row, i);
  }
#elif REST
  for (; i < end; i++) {
    MAP_1(row, i);
  }
#endif
}

#if STAGE && LENGTH
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end) {
  for (int row = begin; row < end; row++) {
    JOIN(KERNEL, _part)(ARGUMENTS, row, 0, LENGTH);
  }
}
#elif STAGE
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end) {
  JOIN(KERNEL, _part)(ARGUMENTS, 0, begin, end);
}
#else
// parts: of count elements each.
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int count, const int block, const int parts) {
  const int begin = get_global_id(0) * block;
  for (int p = 0; p < parts; p++) {
    JOIN(KERNEL, _part)(ARGUMENTS, 0, p * count + begin, p * count + min(begin + block, count));
  }
#if STREAMS
  // Such stores are not in order with others.
  mem_fence(CLK_GLOBAL_MEM_FENCE);
#endif
}
#endif
#elif STAGE
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, local long* scratch) {
  for (int i = begin + get_local_id(0); i < end; i += get_local_size(0)) {
    MAP_1(0, i);
  }
}
#else
kernel void KERNEL(PARAMETERS, const int count) {
  for (int i = get_global_id(0); i < count; i += get_global_size(0)) {
    MAP_1(0, i);
  }
}
#endif
