// Products of matrices, and convolutions as implicit ones, on a GPU: out[batch][m][n] = sum over k of a[batch][m][k] * b[batch][k][n].
//
// A work-group of SIDE x SIDE work-items takes a tile of (SIDE * EACH) x (SIDE * EACH) of the result. Together they copy
// DEPTH columns of a and rows of b into local memory, then each multiplies its EACH x EACH share:
//
//                       b: DEPTH x SIDE*EACH
//                       +---------------+
//                       |               |
//     a: SIDE*EACH x    +---------------+
//        DEPTH          +---+---+---+---+
//        +---+          | work-item     |   EACH x EACH accumulators in registers,
//        |   |          +   (y, x) has  |   SIDE apart, so that neighbours
//        |   |          | rows y + SIDE*i   write neighbours
//        +---+          +---------------+
//
// All work-items of a group pass every barrier; those outside the result copy zeros and write nothing.
// Holes:  A_1(batch, m, ko, ki) gives an element of a, k = ko * inner + ki; WRITE_1(batch, m, n, acc) takes one of the result.
// Parameters:  SIDE, work-items along a side; EACH, elements of the result each way that a work-item computes; DEPTH, of k at a
// time. Local memory: 2 * (SIDE * EACH + 1) * DEPTH floats.
#ifndef KERNEL
#define KERNEL contract_gpu
#define PARAMETERS global const float* left_in, global const float* right_in, global float* out
#define B_PANELS right_in
#define SIDE 8
#define EACH 4
#define DEPTH 16
#define COLUMNS 32
#define A_1(batch, m, ko, ki) left_in[m * 64 + ko * 8 + ki]
#define WRITE_1(batch, m, n, acc) out[m * 64 + n] = acc
#endif

#define EDGE (SIDE * EACH)

// rows, columns: of the result; outer, inner: the two parts of k; tiles: of rows in a batch;
// b_batch, b_panel, b_row: distances in b between batches, panels of COLUMNS and neighbours in k.
kernel __attribute__((reqd_work_group_size(SIDE, SIDE, 1))) void KERNEL(PARAMETERS, const int rows, const int columns,
    const int outer, const int inner, const int tiles, const int b_batch, const int b_panel, const int b_row) {
  const int x = get_local_id(0), y = get_local_id(1);
  const int batch = get_group_id(1) / tiles;
  const int m0 = (get_group_id(1) - batch * tiles) * EDGE;
  const int n0 = get_group_id(0) * EDGE;
  const int length = outer * inner;
  local float a[DEPTH][EDGE + 1];
  local float b[DEPTH][EDGE + 1];
  float acc[EACH][EACH];
  for (int i = 0; i < EACH; i++) {
    for (int j = 0; j < EACH; j++) {
      acc[i][j] = 0;
    }
  }
  for (int k0 = 0; k0 < length; k0 += DEPTH) {
    for (int e = y * SIDE + x; e < EDGE * DEPTH; e += SIDE * SIDE) {
      const int ka = k0 + e % DEPTH, m = m0 + e / DEPTH;
      float left = 0;
      if (ka < length && m < rows) {
        left = A_1(batch, m, ka / inner, ka % inner);
      }
      a[e % DEPTH][e / DEPTH] = left;
      const int kb = k0 + e / EDGE, n = n0 + e % EDGE;
      float right = 0;
      if (kb < length && n < columns) {
        right = B_PANELS[batch * b_batch + n / COLUMNS * b_panel + kb * b_row + n % COLUMNS];
      }
      b[e / EDGE][e % EDGE] = right;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < DEPTH; k++) {
      float right[EACH];
#pragma unroll
      for (int j = 0; j < EACH; j++) {
        right[j] = b[k][x + SIDE * j];
      }
#pragma unroll
      for (int i = 0; i < EACH; i++) {
        const float left = a[k][y + SIDE * i];
#pragma unroll
        for (int j = 0; j < EACH; j++) {
          acc[i][j] = FMA(left, right[j], acc[i][j]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
#pragma unroll
  for (int i = 0; i < EACH; i++) {
#pragma unroll
    for (int j = 0; j < EACH; j++) {
      const int m = m0 + y + SIDE * i, n = n0 + x + SIDE * j;
      if (m < rows && n < columns) {
        WRITE_1(batch, m, n, acc[i][j]);
      }
    }
  }
}
#undef EDGE
