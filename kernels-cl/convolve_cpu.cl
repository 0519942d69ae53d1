// Convolutions on a CPU: out[batch][image][y][x][n] = sum over taps and channels k of a[batch][image][place of (y, x, k)] * b[batch][k][n].
//
// A work-item takes some rows of places of an image and a group of panels of COLUMNS columns. It copies what these places see of
// the image, borders included, into private memory: a patch, in which every number lies once and not once for each tap. From place
// to place what is read moves by POINT, from one k to the next by the steps of three loops:
//
//       patch: PLANES x LINES lines of LINE numbers           tile of ROWS places x NV vectors of columns,
//      +----------------------------------+                   held in registers through all of k
//      |   +---------+                    |
//      |   | taps of |-> the next place   |
//      |   | a place |                    |
//      |   +---------+                    |
//      +----------------------------------+
//
// Where the result's neighbours lie along places, as pixels do in images whose channels come first, the tile lies on its side
// (LANES_M): vectors of ROWS places, read from the patch wherever they begin, times single numbers of a panel of b.
//
// Where places are summed, as for the gradient of weights (SUM), results are taps and channels, and k are the places of all images,
// patch after patch; tiles wait for the next in private memory.
//
// Holes:  PATCH_V(batch, image, plane, line, t) gives AW numbers from t on of what of a line lies in the image, PATCH_1 one;
// WRITE_V(batch, image, at, n, acc) takes VW neighbours in n, or in at, the place in the image, if LANES_M;
// WRITE_1(batch, image, at, n, acc) one; ASK(batch, image, at, n), if ASKS, asks memory for what WRITE_V will read.
// STRIP(s) is where in a patch the first of the s-th strip of results lies: a row of places or all rows, or taps if SUM; RESULT(s, i) is
// the i-th of them as at.
// Parameters:  VW, lanes of a vector; AW, of one of the image; ROWS; COLUMNS (a multiple of VW, or ROWS is one if LANES_M); PLANES,
// LINES and LINE, the patch of BLOCK rows of places; RUN, what of a line lies in the image, after LEFT of the border; LINE_STEP and
// REACH: h rows see (h - 1) * LINE_STEP + REACH lines; ORIGIN, where the first k of the first place lies; STRIPS of LENGTH results;
// POINTS of every PITCH of these are results, others are computed for nothing; POINT, by how much neighbouring results are apart; U, V,
// W and their steps, in which k moves; PARTIAL, numbers of all tiles of a work-item, if SUM; REST, 1 if vectors of the result leave
// scalars over; EVEN, 1 if columns are a multiple of COLUMNS (without LANES_M).
#ifndef KERNEL
#define KERNEL convolve_cpu
#define PARAMETERS global const float* x, global const float* w, global float* y
#define ARGUMENTS x, w, y
#define B_PANELS w
#define VW 4
#define AW 4
#define ROWS 6
#define COLUMNS 8
#define LANES_M 0
#define POINTS 6
#define PITCH 6
#define BLOCK 2
#define PLANES 1
#define LINES 4
#define LINE 32
#define LEFT 0
#define RUN 32
#define LINE_STEP 1
#define REACH 3
#define ORIGIN 0
#define POINT 4
#define STRIP(s) (s * 32)
#define RESULT(s, i) ((y0 + s) * 6 + i)
#define U 1
#define U_STEP 0
#define V 3
#define V_STEP 32
#define W 12
#define W_STEP 1
#define STRIPS here
#define LENGTH POINTS
#define SUM 0
#define REST 0
#define EVEN 1
#define ASKS 0
#define PATCH_V(batch, image, plane, line, t) vload4(0, x + image * 256 + line * 32 + t)
#define PATCH_1(batch, image, plane, line, t) x[image * 256 + line * 32 + t]
#define WRITE_V(batch, image, at, n, acc) vstore4(acc, 0, y + image * 288 + at * 8 + n)
#define WRITE_1(batch, image, at, n, acc) y[image * 288 + at * 8 + n] = acc
#endif

#define VECTOR JOIN(float, VW)
#define LOAD JOIN(vload, VW)
#define STORE JOIN(vstore, VW)
#define STORE_A JOIN(vstore, AW)
// What the last tile reads beyond the last result.
#define BEYOND ((PITCH == POINTS && POINTS % ROWS == 0 ? 0 : ROWS) * POINT)
// A tile is SIDE x NV vectors: SINGLE(i) is the number, WIDE(j) the vector of the step at hand.
#if LANES_M
#define NV (ROWS / VW)
#define SIDE COLUMNS
#define SINGLE(i) b[i]
#define WIDE(j) LOAD(j, from)
// Places of a panel: those of BLOCK rows, in whole tiles.
#define WHOLE (((BLOCK - 1) * PITCH + POINTS + ROWS - 1) / ROWS * ROWS)
#else
#define NV (COLUMNS / VW)
#define SIDE ROWS
#define SINGLE(i) from[(i) * POINT]
#define WIDE(j) LOAD(j, b)
#endif

// Copies what rows of places from y0 see, and 0 after it, where the last tile of a plane ends.
static void JOIN(KERNEL, _fill)(PARAMETERS, private float* patch, const int batch, const int image, const int y0, const int here) {
  const int lines = (here - 1) * LINE_STEP + REACH;
  for (int plane = 0; plane < PLANES; plane++) {
    private float* to = patch + plane * LINES * LINE;
    for (int line = 0; line < lines; line++) {
      for (int t = 0; t < LEFT; t++) {
        to[t] = 0;
      }
      to += LEFT;
#if RUN >= AW
      // The last vector reaches back over the one before.
      for (int t = 0; t < RUN; t += AW) {
        const int first = RUN % AW == 0 ? t : min(t, RUN - AW);
        STORE_A(PATCH_V(batch, image, plane, y0 * LINE_STEP + line, first), 0, to + first);
      }
#else
      for (int t = 0; t < RUN; t++) {
        to[t] = PATCH_1(batch, image, plane, y0 * LINE_STEP + line, t);
      }
#endif
      for (int t = RUN; t < LINE - LEFT; t++) {
        to[t] = 0;
      }
      to += LINE - LEFT;
    }
#if !SUM
    for (int i = 0; i < BEYOND; i++) {
      to[i] = 0;
    }
#endif
  }
}

// The tiles of a patch, for the strips s0 to s1 and the panels p0 to p1; y0 and here are its rows of places. What waits for the next patch is in partial, if SUM.
static void JOIN(KERNEL, _tiles)(PARAMETERS, private const float* patch, private float* partial, const int batch, const int image, const int y0,
    const int here, const int s0, const int s1, const int p0, const int p1, const int columns, global const float* b_first, const int b_panel, const int b_row,
    const int first, const int last) {
  for (int p = p0; p < p1; p++) {
#if LANES_M
    float strip[COLUMNS * WHOLE + VW];
#endif
    for (int s = s0; s < s1; s++) {
      for (int i0 = 0; i0 < LENGTH; i0 += ROWS) {
#if ASKS
        if (last) {
          for (int i = i0; i < min(i0 + ROWS, LENGTH); i++) {
            if (i % PITCH < POINTS) {
              for (int n = p * COLUMNS; n < min((p + 1) * COLUMNS, columns); n += VW) {
                ASK(batch, image, RESULT(s, i), n);
              }
            }
          }
        }
#endif
        VECTOR acc[SIDE][NV];
        UNROLLED(i, SIDE) UNROLLED(j, NV) {
          acc[i][j] = (VECTOR)(0);
        }
        global const float* b = b_first + p * b_panel;
        private const float* place = patch + ORIGIN + STRIP(s) + i0 * POINT;
#pragma unroll 1
        for (int u = 0; u < U; u++) {
#pragma unroll 1
          for (int v = 0; v < V; v++) {
            private const float* from = place + u * U_STEP + v * V_STEP;
#if W <= 4
#pragma unroll
#else
#pragma unroll 1
#endif
            for (int w = 0; w < W; w++) {
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
              b += b_row;
              from += W_STEP;
            }
          }
        }
#if SUM
        private float* waiting = partial + (((p - p0) * STRIPS + s - s0) * ((LENGTH + ROWS - 1) / ROWS) + i0 / ROWS) * ROWS * COLUMNS;
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
#if LANES_M
        UNROLLED(i, SIDE) UNROLLED(j, NV) {
          STORE(acc[i][j], j, strip + i * WHOLE + i0);
        }
#else
        // By way of memory, so that what becomes of an element is compiled once, not for each register.
        float tile[ROWS * COLUMNS];
        UNROLLED(i, SIDE) UNROLLED(j, NV) {
          STORE(acc[i][j], i * NV + j, tile);
        }
        const int i1 = min(i0 + ROWS, LENGTH);
#pragma unroll 1
        for (int i = i0; i < i1; i++) {
          if (i % PITCH < POINTS) {
            const int at = RESULT(s, i);
            private const float* result = tile + (i - i0) * COLUMNS;
            const int n = p * COLUMNS;
#if EVEN
            UNROLLED(j, COLUMNS / VW) {
              WRITE_V(batch, image, at, n + j * VW, LOAD(j, result));
            }
#else
            const int count = min(COLUMNS, columns - n);
            int j = 0;
#pragma unroll 1
            for (; j + VW <= count; j += VW) {
              WRITE_V(batch, image, at, n + j, LOAD(0, result + j));
            }
#if REST
#pragma unroll 1
            for (; j < count; j++) {
              WRITE_1(batch, image, at, n + j, result[j]);
            }
#endif
#endif
          }
        }
#endif
      }
    }
#if LANES_M
    // The rows without what lies between: each is written over the end of the one before. Of all columns, before any is read.
    const int end = here * POINTS;
    float dense[COLUMNS * BLOCK * POINTS + VW];
    for (int n = 0; n < COLUMNS; n++) {
      for (int y = 0; y < here; y++) {
        for (int x = 0; x < POINTS; x += VW) {
          STORE(LOAD(0, strip + n * WHOLE + y * PITCH + x), 0, dense + n * end + y * POINTS + x);
        }
      }
    }
    const int n1 = min((p + 1) * COLUMNS, columns);
#pragma unroll 1
    for (int n = p * COLUMNS; n < n1; n++) {
      private const float* result = dense + (n - p * COLUMNS) * end;
      int i = 0;
#pragma unroll 1
      for (; i + VW <= end; i += VW) {
        WRITE_V(batch, image, y0 * POINTS + i, n, LOAD(0, result + i));
      }
#pragma unroll 1
      for (; i < end; i++) {
        WRITE_1(batch, image, y0 * POINTS + i, n, result[i]);
      }
    }
#endif
  }
}

// images: of a batch; rows: of places of an image; blocks: of BLOCK rows, or of strips if SUM; panels: of columns, in a group;
// b_batch, b_panel, b_row: distances in b between batches, panels and neighbours in k.
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int images, const int rows, const int blocks, const int columns, const int panels,
    const int b_batch, const int b_panel, const int b_row) {
  const int p0 = get_global_id(1) * panels;
  const int p1 = min(p0 + panels, (columns + COLUMNS - 1) / COLUMNS);
  float patch[PLANES * LINES * LINE + BEYOND];
#if SUM
  const int batch = get_global_id(0) / blocks;
  const int share = get_global_id(0) - batch * blocks;
  const int s0 = STRIPS * share / blocks;
  const int s1 = STRIPS * (share + 1) / blocks;
  global const float* b = B_PANELS + batch * b_batch;
  float partial[PARTIAL];
  for (int i = 0; i < BEYOND; i++) {
    patch[PLANES * LINES * LINE + i] = 0;
  }
  for (int image = 0; image < images; image++) {
    for (int y0 = 0; y0 < rows; y0 += BLOCK) {
      const int here = min(BLOCK, rows - y0);
      JOIN(KERNEL, _fill)(ARGUMENTS, patch, batch, image, y0, here);
      JOIN(KERNEL, _tiles)(ARGUMENTS, patch, partial, batch, 0, 0, here, s0, s1, p0, p1, columns, b, b_panel, b_row,
          image == 0 && y0 == 0, image == images - 1 && y0 + here == rows);
      b += here * W * b_row;
    }
  }
#else
  const int number = get_global_id(0) / blocks;
  const int batch = number / images;
  const int image = number - batch * images;
  const int y0 = (get_global_id(0) - number * blocks) * BLOCK;
  const int here = min(BLOCK, rows - y0);
  JOIN(KERNEL, _fill)(ARGUMENTS, patch, batch, image, y0, here);
  JOIN(KERNEL, _tiles)(ARGUMENTS, patch, patch, batch, image, y0, here, 0, STRIPS, p0, p1, columns, B_PANELS + batch * b_batch, b_panel, b_row, 1, 1);
#endif
}
#undef VECTOR
#undef LOAD
#undef STORE
#undef STORE_A
#undef BEYOND
#undef NV
#undef SIDE
#undef SINGLE
#undef WIDE
#undef WHOLE
