// Products of matrices, and convolutions as implicit ones, on a CPU: out[batch][m][n] = sum over k of a[batch][m][k] * b[batch][k][n].
//
// A work-item takes BLOCK rows and a group of panels of COLUMNS columns. It copies its rows of a, DEPTH of k at a time,
// into private memory (a convolution's windows are resolved here, once for all columns), then fills the result tile by
// tile of ROWS x COLUMNS, held in registers:
//
//                        panel of b: k rows of COLUMNS, in order in memory
//                          +-----+-----+
//                          | NV vectors|
//          rows of a       +-----+-----+
//        +------ DEPTH --+ +-----+-----+
//   ROWS |  broadcast    | | ROWS x NV |  accumulators
//        +---------------+ +-----+-----+
//
// Where k is longer than DEPTH, tiles wait for the next DEPTH in private memory too.
// k = ko * inner + ki: the inner part is the one along which a lies in order, if LANES_K; else a lies in order along m.
// Holes:  A_V(batch, m, ko, ki) gives VW elements of a along k (LANES_K) or along m; A_1 gives one; WRITE_V(batch, m, n, acc)
// takes VW neighbours in n; WRITE_1(batch, m, n, acc) one.
// Parameters:  VW, lanes of a vector; ROWS, COLUMNS (a multiple of VW), BLOCK (a multiple of ROWS and of VW); OUTER_STEP and
// INNER_STEP, whose product is DEPTH: of ko and of ki at a time (all of ki, if more than one of ko); GROUP (the most columns of a group, a multiple of COLUMNS); LANES_K; SPILL, 1 if k is longer than DEPTH;
// REST_A, 1 if vectors of a leave scalars over, REST those of the result; STAGE, 1 in a chain (chain.cl), which calls the
// function for a range of rows.
#ifndef KERNEL
#define KERNEL contract_cpu
#define PARAMETERS global const float* x, global const float* w, global float* y
#define ARGUMENTS x, w, y
#define B_PANELS w
#define VW 4
#define ROWS 4
#define COLUMNS 8
#define BLOCK 16
#define OUTER_STEP 8
#define INNER_STEP 8
#define GROUP 64
#define LANES_K 1
#define SPILL 1
#define REST_A 1
#define REST 1
#define A_V(batch, m, ko, ki) vload4(0, x + m * 64 + ko * 8 + ki)
#define A_1(batch, m, ko, ki) x[m * 64 + ko * 8 + ki]
#define WRITE_V(batch, m, n, acc) vstore4(acc, 0, y + m * 64 + n)
#define WRITE_1(batch, m, n, acc) y[m * 64 + n] = acc
#endif

#define VECTOR JOIN(float, VW)
#define LOAD JOIN(vload, VW)
#define STORE JOIN(vstore, VW)
#define NV (COLUMNS / VW)
#define DEPTH (OUTER_STEP * INNER_STEP)
// Where element (i, k) of a packed block lies.
#if LANES_K
#define AT(i, k) ((i) * DEPTH + (k))
#else
#define AT(i, k) ((k) * BLOCK + (i))
#endif

// A block: here rows from m0, the panels p0 to p1.
// columns: of the result; outer, inner: the two parts of k; b_batch, b_panel, b_row: distances in b between batches, panels
// and neighbours in k.
static void JOIN(KERNEL, _block)(PARAMETERS, const int batch, const int m0, const int here, const int p0, const int p1,
    const int columns, const int outer, const int inner, const int b_batch, const int b_panel, const int b_row) {
  float a[BLOCK * DEPTH];
#if SPILL
  float partial[BLOCK * GROUP];
#endif
  for (int ko0 = 0; ko0 < outer; ko0 += OUTER_STEP) {
    const int ko1 = min(ko0 + OUTER_STEP, outer);
    for (int ki0 = 0; ki0 < inner; ki0 += INNER_STEP) {
      const int ki1 = min(ki0 + INNER_STEP, inner);
      const int wide = ki1 - ki0;
      const int depth = (ko1 - ko0) * wide;
#if LANES_K
      for (int i = 0; i < here; i++) {
        for (int ko = ko0; ko < ko1; ko++) {
          private float* to = a + AT(i, (ko - ko0) * wide);
          int ki = ki0;
          for (; ki + VW <= ki1; ki += VW) {
            STORE(A_V(batch, m0 + i, ko, ki), 0, to + ki - ki0);
          }
#if REST_A
          for (; ki < ki1; ki++) {
            to[ki - ki0] = A_1(batch, m0 + i, ko, ki);
          }
#endif
        }
      }
#else
      for (int ko = ko0; ko < ko1; ko++) {
        for (int ki = ki0; ki < ki1; ki++) {
          private float* to = a + AT(0, (ko - ko0) * wide + ki - ki0);
          int i = 0;
          if (here == BLOCK) {
            // Unrolled, so that what depends on m alone is computed before the loops over k.
#pragma unroll
            for (int v = 0; v < BLOCK; v += VW) {
              STORE(A_V(batch, m0 + v, ko, ki), 0, to + v);
            }
            i = BLOCK;
          }
          for (; i + VW <= here; i += VW) {
            STORE(A_V(batch, m0 + i, ko, ki), 0, to + i);
          }
#if REST_A
          for (; i < here; i++) {
            to[i] = A_1(batch, m0 + i, ko, ki);
          }
#endif
        }
      }
#endif
      for (int i = here; i < (here + ROWS - 1) / ROWS * ROWS; i++) {
        for (int k = 0; k < depth; k++) {
          a[AT(i, k)] = 0;
        }
      }
      const int first = ko0 == 0 && ki0 == 0;
      const int last = ko1 == outer && ki1 == inner;
      for (int p = p0; p < p1; p++) {
        for (int i0 = 0; i0 < here; i0 += ROWS) {
          VECTOR acc[ROWS][NV];
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int j = 0; j < NV; j++) {
              acc[i][j] = (VECTOR)(0);
            }
          }
          global const float* b = B_PANELS + batch * b_batch + p * b_panel + (ko0 * inner + ki0) * b_row;
          private const float* row = a + AT(i0, 0);
#pragma unroll 1
          for (int k = 0; k < depth; k++) {
            VECTOR right[NV];
#pragma unroll
            for (int j = 0; j < NV; j++) {
              right[j] = LOAD(j, b);
            }
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
              const VECTOR left = (VECTOR)(row[AT(i, 0)]);
#pragma unroll
              for (int j = 0; j < NV; j++) {
                acc[i][j] = FMA(left, right[j], acc[i][j]);
              }
            }
            b += b_row;
            row += AT(0, 1);
          }
#if SPILL
          private float* waiting = partial + i0 * GROUP + (p - p0) * COLUMNS;
          if (!first) {
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
#pragma unroll
              for (int j = 0; j < NV; j++) {
                acc[i][j] += LOAD(j, waiting + i * GROUP);
              }
            }
          }
          if (!last) {
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
#pragma unroll
              for (int j = 0; j < NV; j++) {
                STORE(acc[i][j], j, waiting + i * GROUP);
              }
            }
            continue;
          }
#endif
          // By way of memory, so that what becomes of an element is compiled once, not for each register.
          float tile[ROWS * COLUMNS];
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int j = 0; j < NV; j++) {
              STORE(acc[i][j], j, tile + i * COLUMNS);
            }
          }
          const int written = min(ROWS, here - i0);
          const int n0 = p * COLUMNS;
          const int n1 = min(n0 + COLUMNS, columns);
#pragma unroll 1
          for (int i = 0; i < written; i++) {
            const int m = m0 + i0 + i;
            private const float* from = tile + i * COLUMNS - n0;
            int n = n0;
#pragma unroll 1
            for (; n + VW <= n1; n += VW) {
              WRITE_V(batch, m, n, LOAD(0, from + n));
            }
#if REST
#pragma unroll 1
            for (; n < n1; n++) {
              WRITE_1(batch, m, n, from[n]);
            }
#endif
          }
        }
      }
    }
  }
}

#if STAGE
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int columns, const int outer, const int inner,
    const int panels, const int b_panel, const int b_row) {
  for (int m = begin; m < end; m += BLOCK) {
    for (int p = 0; p < panels; p += GROUP / COLUMNS) {
      JOIN(KERNEL, _block)(ARGUMENTS, 0, m, min(BLOCK, end - m), p, min(p + GROUP / COLUMNS, panels), columns, outer, inner, 0, b_panel, b_row);
    }
  }
}
#else
// rows: of the result; blocks: of rows; panels: of columns in a group.
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int rows, const int columns, const int outer, const int inner,
    const int blocks, const int panels, const int b_batch, const int b_panel, const int b_row) {
  const int batch = get_global_id(0) / blocks;
  const int m0 = (get_global_id(0) - batch * blocks) * BLOCK;
  const int p0 = get_global_id(1) * panels;
  JOIN(KERNEL, _block)(ARGUMENTS, batch, m0, min(BLOCK, rows - m0), p0, min(p0 + panels, (columns + COLUMNS - 1) / COLUMNS),
      columns, outer, inner, b_batch, b_panel, b_row);
}
#endif
#undef VECTOR
#undef LOAD
#undef STORE
#undef NV
#undef DEPTH
#undef AT
