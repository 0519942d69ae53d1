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
// Where the result's neighbours lie along m, as pixels do in images whose channels come first, the tile lies on its side
// (LANES_M): vectors of the rows of a, packed in panels of ROWS, times single numbers of a panel of b.
//
// Where k is longer than DEPTH, tiles wait for the next DEPTH in private memory too.
// A matrix that lies as it is needed (IN_PLACE) is not copied: a tile's rows are read where they are. The last tile reaches
// back over rows of the one before, rather than beyond the matrix.
// k = ko * inner + ki: the inner part is the one along which a lies in order, if LANES_K; else a lies in order along m.
// Holes:  A_V(batch, m, ko, ki) gives AW elements of a along k (LANES_K) or along m; A_1 gives one; A_AT(batch, m, k) gives the
// place of one in A_MATRIX, if IN_PLACE; WRITE_V(batch, m, n, acc) takes VW neighbours in n, or in m if LANES_M;
// WRITE_1(batch, m, n, acc) one; ASK(batch, m, n), if ASKS, asks memory for what WRITE_V will read.
// Parameters:  VW, lanes of a vector; AW, of one of a, fewer if less of those cross the ends of rows;
// ROWS, COLUMNS (a multiple of VW, or ROWS is one if LANES_M), BLOCK (a multiple of ROWS and of VW); LANES_M (only
// without LANES_K); LANES_K; OUTER_STEP and INNER_STEP, whose product is DEPTH: of ko and of ki at a time (all of ki, if
// more than one of ko); GROUP, the most columns of a group, a multiple of COLUMNS; SPILL, 1 if k is longer than DEPTH;
// COPY_B, 1 if a panel of b is copied before its tiles are filled: rows far apart share few sets of the nearest cache;
// REST_A, 1 if vectors of a leave scalars over, REST those of the result; EVEN, 1 if columns are a multiple of COLUMNS
// (without LANES_M); OVERLAP, 1 if the last vector along ki reaches back over the one before rather than leave scalars (of AW of
// ki at least); IN_PLACE, 1 if a is read where it lies, neighbours along m A_ROW apart and along k A_STEP (without LANES_M; of
// ROWS rows at least); STAGE, 1 in fused rows (fused_rows.cl), which calls the function for a range of rows.
#ifndef KERNEL
#define KERNEL contract_cpu
#define PARAMETERS global const float* x, global const float* w, global float* y
#define ARGUMENTS x, w, y
#define B_PANELS w
#define VW 4
#define AW 4
#define ROWS 4
#define COLUMNS 8
#define BLOCK 16
#define OUTER_STEP 8
#define INNER_STEP 8
#define GROUP 64
#define LANES_K 1
#define LANES_M 0
#define SPILL 1
#define COPY_B 1
#define OVERLAP 0
#define IN_PLACE 0
#define ASKS 0
#define REST_A 1
#define REST 1
#define EVEN 0
#define A_V(batch, m, ko, ki) vload4(0, x + m * 64 + ko * 8 + ki)
#define A_1(batch, m, ko, ki) x[m * 64 + ko * 8 + ki]
#define WRITE_V(batch, m, n, acc) vstore4(acc, 0, y + m * 64 + n)
#define WRITE_1(batch, m, n, acc) y[m * 64 + n] = acc
#endif

#define VECTOR JOIN(float, VW)
#define LOAD JOIN(vload, VW)
#define STORE JOIN(vstore, VW)
#define STORE_A JOIN(vstore, AW)
#define DEPTH (OUTER_STEP * INNER_STEP)
// AT(i, k): where element (i, k) of a packed block lies. A tile is SIDE x NV vectors: SINGLE(i) is the number, WIDE(j) the
// vector of the step at hand.
#if LANES_M
#define NV (ROWS / VW)
#define SIDE COLUMNS
#define AT(i, k) ((i) / ROWS * ROWS * DEPTH + (k) * ROWS + (i) % ROWS)
#define SINGLE(i) b[i]
#define WIDE(j) LOAD(j, row)
#else
#define NV (COLUMNS / VW)
#define SIDE ROWS
#if LANES_K
#define AT(i, k) ((i) * DEPTH + (k))
#else
#define AT(i, k) ((k) * BLOCK + (i))
#endif
#if IN_PLACE
#define SINGLE(i) row[(i) * A_ROW]
#else
#define SINGLE(i) row[AT(i, 0)]
#endif
#define WIDE(j) LOAD(j, b)
#endif
#if IN_PLACE
#define NEXT A_STEP
#else
#define NEXT AT(0, 1)
#endif

#if COPY_B
#define B_ROW COLUMNS
#else
#define B_ROW b_row
#endif

// A block: here rows from m0, the panels p0 to p1.
// columns: of the result; outer, inner: the two parts of k; b_batch, b_panel, b_row: distances in b between batches, panels
// and neighbours in k.
static void JOIN(KERNEL, _block)(PARAMETERS, const int batch, const int m0, const int here, const int p0, const int p1,
    const int columns, const int outer, const int inner, const int b_batch, const int b_panel, const int b_row) {
#if !IN_PLACE
  float a[BLOCK * DEPTH];
#endif
#if SPILL
  float partial[BLOCK * GROUP];
#endif
#if COPY_B
  float panel[DEPTH * COLUMNS];
#endif
  for (int ko0 = 0; ko0 < outer; ko0 += OUTER_STEP) {
    const int ko1 = min(ko0 + OUTER_STEP, outer);
    for (int ki0 = 0; ki0 < inner; ki0 += INNER_STEP) {
      const int ki1 = min(ki0 + INNER_STEP, inner);
      const int wide = ki1 - ki0;
      const int depth = (ko1 - ko0) * wide;
#if !IN_PLACE
#if LANES_K
      for (int i = 0; i < here; i++) {
        for (int ko = ko0; ko < ko1; ko++) {
          private float* to = a + AT(i, (ko - ko0) * wide);
          int ki = ki0;
#if OVERLAP
          for (; ki < ki1; ki += AW) {
            const int from = min(ki, ki1 - AW);
            STORE_A(A_V(batch, m0 + i, ko, from), 0, to + from - ki0);
          }
#else
          for (; ki + AW <= ki1; ki += AW) {
            STORE_A(A_V(batch, m0 + i, ko, ki), 0, to + ki - ki0);
          }
#endif
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
          const int k = (ko - ko0) * wide + ki - ki0;
          int i = 0;
          if (here == BLOCK) {
            // Unrolled, so that what depends on m alone is computed before the loops over k.
#pragma unroll
            for (int v = 0; v < BLOCK; v += AW) {
              STORE_A(A_V(batch, m0 + v, ko, ki), 0, a + AT(v, k));
            }
            i = BLOCK;
          }
          for (; i + AW <= here; i += AW) {
            STORE_A(A_V(batch, m0 + i, ko, ki), 0, a + AT(i, k));
          }
#if REST_A
          for (; i < here; i++) {
            a[AT(i, k)] = A_1(batch, m0 + i, ko, ki);
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
#endif
      const int first = ko0 == 0 && ki0 == 0;
      const int last = ko1 == outer && ki1 == inner;
      // What is read as vectors stays in the nearest cache.
#if LANES_M
      for (int i0 = 0; i0 < here; i0 += ROWS) {
        for (int p = p0; p < p1; p++) {
#else
      for (int p = p0; p < p1; p++) {
#if COPY_B
        global const float* from = B_PANELS + batch * b_batch + p * b_panel + (ko0 * inner + ki0) * b_row;
        for (int k = 0; k < depth; k++) {
          UNROLLED(j, COLUMNS / VW) {
            STORE(LOAD(j, from), j, panel + k * COLUMNS);
          }
          from += b_row;
        }
#endif
        for (int i0 = 0; i0 < here; i0 += ROWS) {
#endif
#if ASKS
          if (last && i0 + ROWS <= here && (p + 1) * COLUMNS <= columns) {
            UNROLLED(i, ROWS) UNROLLED(j, COLUMNS / VW) {
              ASK(batch, m0 + i0 + i, p * COLUMNS + j * VW);
            }
          }
#endif
          VECTOR acc[SIDE][NV];
          UNROLLED(i, SIDE) UNROLLED(j, NV) {
            acc[i][j] = (VECTOR)(0);
          }
#if COPY_B
          private const float* b = panel;
#else
          global const float* b = B_PANELS + batch * b_batch + p * b_panel + (ko0 * inner + ki0) * b_row;
#endif
#if IN_PLACE
          const int top = min(i0, here - ROWS);
          global const float* row = A_MATRIX + A_AT(batch, m0 + top, ko0 * inner + ki0);
#else
          const int top = i0;
          private const float* row = a + AT(i0, 0);
#endif
#pragma unroll 1
          for (int k = 0; k < depth; k++) {
            VECTOR vectors[NV];
            UNROLLED(j, NV) {
              vectors[j] = WIDE(j);
            }
            UNROLLED(i, SIDE) {
              const VECTOR single = (VECTOR)(SINGLE(i));
              UNROLLED(j, NV) {
                acc[i][j] = FMA(single, vectors[j], acc[i][j]);
              }
            }
            b += B_ROW;
            row += NEXT;
          }
#if SPILL
          private float* waiting = partial + ((p - p0) * BLOCK + i0) * COLUMNS;
          if (!first) {
            UNROLLED(i, SIDE) UNROLLED(j, NV) {
              acc[i][j] += LOAD(i * NV + j, waiting);
            }
          }
          if (!last) {
            UNROLLED(i, SIDE) UNROLLED(j, NV) {
              STORE(acc[i][j], i * NV + j, waiting);
            }
            continue;
          }
#endif
          // By way of memory, so that what becomes of an element is compiled once, not for each register.
          float tile[ROWS * COLUMNS];
          UNROLLED(i, SIDE) UNROLLED(j, NV) {
            STORE(acc[i][j], i * NV + j, tile);
          }
          const int m1 = m0 + min(i0 + ROWS, here);
#if LANES_M
          const int n1 = min((p + 1) * COLUMNS, columns);
          int m = m0 + i0;
#pragma unroll 1
          for (; m + VW <= m1; m += VW) {
            private const float* from = tile + m - m0 - i0;
#pragma unroll 1
            for (int n = p * COLUMNS; n < n1; n++) {
              WRITE_V(batch, m, n, LOAD(0, from));
              from += ROWS;
            }
          }
#if REST
#pragma unroll 1
          for (; m < m1; m++) {
            private const float* from = tile + m - m0 - i0;
#pragma unroll 1
            for (int n = p * COLUMNS; n < n1; n++) {
              WRITE_1(batch, m, n, *from);
              from += ROWS;
            }
          }
#endif
#else
#pragma unroll 1
          for (int m = m0 + i0; m < m1; m++) {
            private const float* from = tile + (m - m0 - top) * COLUMNS;
            const int n = p * COLUMNS;
#if EVEN
            UNROLLED(j, COLUMNS / VW) {
              WRITE_V(batch, m, n + j * VW, LOAD(j, from));
            }
#else
            const int count = min(COLUMNS, columns - n);
            int j = 0;
#pragma unroll 1
            for (; j + VW <= count; j += VW) {
              WRITE_V(batch, m, n + j, LOAD(0, from + j));
            }
#if REST
#pragma unroll 1
            for (; j < count; j++) {
              WRITE_1(batch, m, n + j, from[j]);
            }
#endif
#endif
          }
#endif
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
#undef STORE_A
#undef DEPTH
#undef NV
#undef SIDE
#undef AT
#undef SINGLE
#undef NEXT
#undef WIDE
#undef B_ROW
