// Products of matrices, and convolutions as implicit ones, on a GPU: out[batch][m][n] = sum over k of a[batch][m][k] * b[batch][k][n].
//
// A work-group of GROUP_M x GROUP_N work-items takes a tile of ROWS x COLUMNS of the result, ROWS = GROUP_M * EACH_M and
// COLUMNS = GROUP_N * EACH_N. Block by block of DEPTH in k it copies its rows of a, turned, and its columns of b into local
// memory, from which each work-item reads four numbers at once:
//
//                        b: DEPTH x COLUMNS           work-item (y, x) has rows m = 4 * y + (0 1 2 3) + 4 * GROUP_M * (0 1 ..)
//                       +-------------------+         and columns n = 4 * x + (0 1 2 3) + 4 * GROUP_N * (0 1 ..):
//                       |                   |
//                       +-------------------+           n: xxxx........xxxx........
//      a: DEPTH x ROWS  +----+----+----+----+         m: y [    ]      [    ]         EACH_M x EACH_N accumulators in
//           +---+       |    |    |    |    |            y [    ]      [    ]         registers; neighbours in x read
//           |   |       +----+----+----+----+            y [    ]      [    ]         neighbours, without bank conflicts,
//           |   |       |    |    |    |    |            y [    ]      [    ]         and write neighbours
//           +---+       +----+----+----+----+            .
//
// All work-items of a group pass every barrier. Reads beyond the last row and the last k are of the last ones, so that none
// is conditional and all of a block are under way at once; beyond the last k they count 0, and what is beyond the last row or
// column is not written.
//
// In fused rows (fused_rows.cl) a work-group has a few rows, which change in each step, and all columns: a work-item takes BAND rows x
// 4 columns and a part of k, of which there are SHARE, whose sums are added in local memory. It reads of b neighbours of its
// neighbours', AHEAD of k before it multiplies, and of a what all read.
//
// Holes:  A_1(batch, m, ko, ki) gives an element of a, k = ko * INNER + ki, or A_V four neighbours, as VA says;
// WRITE_1(batch, m, n, acc) takes an element of the result, or WRITE_V four along n, as VN says.
// Parameters:  GROUP_M, GROUP_N, work-items along the sides of a group; EACH_M, EACH_N, results each way that one computes,
// multiples of 4; DEPTH, of k at a time, a multiple of 4; UNROLL, of it at once; COLUMNS of b's panels; INNER, size of the
// inner part of k, 0 if k is one; VA, 4 or 1; A_ALONG_M, 1 if neighbours in m are
// neighbours in a, 0 if those in k are; LANES_M, 1 if neighbours in m are neighbours in the result; VN, 4 or 1;
// STAGE, 1 in fused rows, where A_ALONG_M and LANES_M are 0; BAND; SHARE and GROUP, the work-items of a group, powers of two; AHEAD, a
// multiple of 4.
// Local memory: 4 * DEPTH * (ROWS + COLUMNS + 4) bytes. Registers: with 8 x 8 results a work-item and a DEPTH of 8, on NVIDIA's
// of 16, at most 144, so at least 2 waves a SIMD on gfx906, 8 on gfx1030 and gfx1100, 448 work-items a multiprocessor on sm_70
// to sm_90; with 4 x 8 those of a thread of 8 lanes on Intel's GPUs.
#ifndef KERNEL
#define KERNEL contract_gpu
#define PARAMETERS global const float* left_in, global const float* right_in, global float* out
#define B_PANELS right_in
#define GROUP_M 16
#define GROUP_N 8
#define EACH_M 4
#define EACH_N 8
#define DEPTH 8
#define UNROLL 8
#define COLUMNS 64
#define INNER 8
#define VA 1
#define A_ALONG_M 0
#define LANES_M 0
#define VN 1
#define STAGE 0
#define BAND 4
#define SHARE 1
#define GROUP 64
#define AHEAD 8
#define A_1(batch, m, ko, ki) left_in[m * 64 + ko * 8 + ki]
#define WRITE_1(batch, m, n, acc) out[m * 64 + n] = acc
#endif

#define ROWS (GROUP_M * EACH_M)
#define ITEMS (GROUP_M * GROUP_N)
// Vectors of a and b in a block, and how many a work-item copies.
#define A_VECTORS (DEPTH * ROWS / VA)
#define B_VECTORS (DEPTH * COLUMNS / 4)
#define A_EACH ((A_VECTORS + ITEMS - 1) / ITEMS)
#define B_EACH ((B_VECTORS + ITEMS - 1) / ITEMS)
// Where in a block the e-th vector of a lies.
#if A_ALONG_M
#define A_M(e) ((e) % (ROWS / VA) * VA)
#define A_K(e) ((e) / (ROWS / VA))
#else
#define A_M(e) ((e) / (DEPTH / VA))
#define A_K(e) ((e) % (DEPTH / VA) * VA)
#endif
#if INNER
#define KO(k) ((k) / INNER)
#define KI(k) ((k) % INNER)
#else
#define KO(k) 0
#define KI(k) (k)
#endif
#if VA == 4
#define A_TYPE float4
#define A(batch, m, ko, ki) A_V(batch, m, ko, ki)
#else
#define A_TYPE float
#define A(batch, m, ko, ki) A_1(batch, m, ko, ki)
#endif
#if A_ALONG_M || VA == 1
#define A_LAST (length - 1)
#else
#define A_LAST (length - 4)
#endif
#define A_BOTTOM (rows - (A_ALONG_M ? VA : 1))

// Writes of four neighbours in n those that there are.
#if VN == 4
#define WRITE_4(batch, m, n, acc) if (n < columns) { WRITE_V(batch, m, n, acc); }
#else
#define WRITE_4(batch, m, n, acc) \
  if (n < columns) { WRITE_1(batch, m, n, (acc).s0); } \
  if (n + 1 < columns) { WRITE_1(batch, m, n + 1, (acc).s1); } \
  if (n + 2 < columns) { WRITE_1(batch, m, n + 2, (acc).s2); } \
  if (n + 3 < columns) { WRITE_1(batch, m, n + 3, (acc).s3); }
#endif

#if STAGE
// For rows begin to end; columns, length, b_panel and b_row as below.
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int columns, const int length,
    const int b_panel, const int b_row, local long* scratch) {
  local float4* sums = (local float4*) scratch;
  const int across = (columns + 3) / 4;
  const int all = (end - begin + BAND - 1) / BAND * across;
  const int place = get_local_id(0) % (GROUP / SHARE);
  const int part = get_local_id(0) / (GROUP / SHARE);
  // Of k, the same number for all parts but the last.
  const int some = ((length + SHARE - 1) / SHARE + 3) / 4 * 4;
  // All of a group go round together, as barriers have to be reached by all.
  for (int first = 0; first < all; first += GROUP / SHARE) {
    const int e = first + place;
    const int m = begin + e / across * BAND;
    const int n = e % across * 4;
    float4 acc[BAND];
#pragma unroll
    for (int i = 0; i < BAND; i++) {
      acc[i] = 0;
    }
    if (e < all) {
      global const float4* panel = (global const float4*) (B_PANELS + n / COLUMNS * b_panel) + n % COLUMNS / 4;
      const int last = min((part + 1) * some, length);
      int k = part * some;
      for (; k + AHEAD <= last; k += AHEAD) {
        float4 right[AHEAD];
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
          right[j] = panel[(k + j) * (b_row / 4)];
        }
#pragma unroll
        for (int i = 0; i < BAND; i++) {
#pragma unroll
          for (int j = 0; j < AHEAD; j += VA) {
            const A_TYPE left = A(0, min(m + i, end - 1), KO(k + j), KI(k + j));
#if VA == 4
            acc[i] = FMA(left.s0, right[j], acc[i]);
            acc[i] = FMA(left.s1, right[j + 1], acc[i]);
            acc[i] = FMA(left.s2, right[j + 2], acc[i]);
            acc[i] = FMA(left.s3, right[j + 3], acc[i]);
#else
            acc[i] = FMA(left, right[j], acc[i]);
#endif
          }
        }
      }
      for (; k < last; k += VA) {
#pragma unroll
        for (int i = 0; i < BAND; i++) {
          const A_TYPE left = A(0, min(m + i, end - 1), KO(k), KI(k));
#if VA == 4
          acc[i] = FMA(left.s0, panel[k * (b_row / 4)], acc[i]);
          acc[i] = FMA(left.s1, panel[(k + 1) * (b_row / 4)], acc[i]);
          acc[i] = FMA(left.s2, panel[(k + 2) * (b_row / 4)], acc[i]);
          acc[i] = FMA(left.s3, panel[(k + 3) * (b_row / 4)], acc[i]);
#else
          acc[i] = FMA(left, panel[k * (b_row / 4)], acc[i]);
#endif
        }
      }
    }
#if SHARE > 1
#pragma unroll
    for (int i = 0; i < BAND; i++) {
      sums[i * GROUP + get_local_id(0)] = acc[i];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (part == 0) {
#pragma unroll
      for (int i = 0; i < BAND; i++) {
        for (int p = 1; p < SHARE; p++) {
          acc[i] += sums[i * GROUP + p * (GROUP / SHARE) + place];
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    if (e < all && part == 0) {
#pragma unroll 1
      for (int i = 0; i < BAND && m + i < end; i++) {
        WRITE_4(0, m + i, n, acc[0]);
#pragma unroll
        for (int r = 0; r + 1 < BAND; r++) {
          acc[r] = acc[r + 1];
        }
      }
    }
  }
}
#else
// rows, columns: of the result; length: of k; tiles: of rows in a batch; b_batch, b_panel, b_row: distances in b between
// batches, panels of COLUMNS and neighbours in k, all multiples of 4; b_columns, how many it has, a multiple of 4.
kernel __attribute__((reqd_work_group_size(LANES_M ? GROUP_M : GROUP_N, LANES_M ? GROUP_N : GROUP_M, 1)))
void KERNEL(PARAMETERS, const int rows, const int columns, const int length, const int tiles, const int b_batch,
    const int b_panel, const int b_row, const int b_columns) {
  const int x = get_local_id(LANES_M), y = get_local_id(1 - LANES_M);
  const int id = get_local_id(1) * get_local_size(0) + get_local_id(0);
  const int batch = get_group_id(1) / tiles;
  const int m0 = (get_group_id(1) - batch * tiles) * ROWS;
  const int n0 = get_group_id(0) * COLUMNS;
  global const float4* panel = (global const float4*) (B_PANELS + batch * b_batch + get_group_id(0) * b_panel);
  // Four columns more, so that neighbours in k, too, lie in banks of their own.
  local float4 a[DEPTH][ROWS / 4 + 1];
  local float4 b[DEPTH][COLUMNS / 4];
  local float* a_numbers = (local float*) a;
  local float4* b_vectors = (local float4*) b;
  A_TYPE left[A_EACH];
  float4 right[B_EACH];
  float4 acc[EACH_M][EACH_N / 4];
#pragma unroll
  for (int i = 0; i < EACH_M; i++) {
#pragma unroll
    for (int j = 0; j < EACH_N / 4; j++) {
      acc[i][j] = 0;
    }
  }
  // A block is on its way from memory while the one before is multiplied; the last way round has none to fetch.
  for (int k0 = 0; k0 < length + DEPTH; k0 += DEPTH) {
#pragma unroll
    for (int i = 0; i < A_EACH; i++) {
      const int e = id + i * ITEMS, k = k0 + A_K(e), inside = min(k, A_LAST);
      const A_TYPE fetched = A(batch, min(m0 + A_M(e), A_BOTTOM), KO(inside), KI(inside));
      left[i] = k < length ? fetched : 0;
    }
#pragma unroll
    for (int i = 0; i < B_EACH; i++) {
      const int e = id + i * ITEMS, k = k0 + e / (COLUMNS / 4);
      const float4 fetched = panel[min(k, length - 1) * (b_row / 4) + min(e % (COLUMNS / 4), (b_columns - n0) / 4 - 1)];
      right[i] = k < length ? fetched : 0;
    }
    if (k0 > 0) {
#pragma unroll UNROLL
      for (int k = 0; k < DEPTH; k++) {
        float4 r[EACH_N / 4];
#pragma unroll
        for (int j = 0; j < EACH_N / 4; j++) {
          r[j] = b[k][x + GROUP_N * j];
        }
#pragma unroll
        for (int i = 0; i < EACH_M / 4; i++) {
          const float4 l = a[k][y + GROUP_M * i];
#pragma unroll
          for (int j = 0; j < EACH_N / 4; j++) {
            acc[4 * i][j] = FMA(l.s0, r[j], acc[4 * i][j]);
            acc[4 * i + 1][j] = FMA(l.s1, r[j], acc[4 * i + 1][j]);
            acc[4 * i + 2][j] = FMA(l.s2, r[j], acc[4 * i + 2][j]);
            acc[4 * i + 3][j] = FMA(l.s3, r[j], acc[4 * i + 3][j]);
          }
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int i = 0; i < A_EACH; i++) {
      const int e = id + i * ITEMS;
      if (A_VECTORS % ITEMS == 0 || e < A_VECTORS) {
#if VA == 1
        a_numbers[A_K(e) * (ROWS + 4) + A_M(e)] = left[i];
#elif A_ALONG_M
        a[A_K(e)][A_M(e) / 4] = left[i];
#else
        a_numbers[A_K(e) * (ROWS + 4) + A_M(e)] = left[i].s0;
        a_numbers[(A_K(e) + 1) * (ROWS + 4) + A_M(e)] = left[i].s1;
        a_numbers[(A_K(e) + 2) * (ROWS + 4) + A_M(e)] = left[i].s2;
        a_numbers[(A_K(e) + 3) * (ROWS + 4) + A_M(e)] = left[i].s3;
#endif
      }
    }
#pragma unroll
    for (int i = 0; i < B_EACH; i++) {
      const int e = id + i * ITEMS;
      if (B_VECTORS % ITEMS == 0 || e < B_VECTORS) {
        b_vectors[e] = right[i];
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  // Row after row moves into acc[0], so that what becomes of a result is compiled once for a row and no register is indexed.
#pragma unroll 1
  for (int i = 0; i < EACH_M; i++) {
    const int m = m0 + 4 * (y + i / 4 * GROUP_M) + i % 4;
    if (m < rows) {
#pragma unroll
      for (int j = 0; j < EACH_N / 4; j++) {
        const int n = n0 + 4 * (x + GROUP_N * j);
        WRITE_4(batch, m, n, acc[0][j]);
      }
    }
#pragma unroll
    for (int r = 0; r + 1 < EACH_M; r++) {
#pragma unroll
      for (int j = 0; j < EACH_N / 4; j++) {
        acc[r][j] = acc[r + 1][j];
      }
    }
  }
}
#endif
#undef WRITE_4
#undef ROWS
#undef ITEMS
#undef A_VECTORS
#undef B_VECTORS
#undef A_EACH
#undef B_EACH
#undef A_M
#undef A_K
#undef KO
#undef KI
#undef A_TYPE
#undef A
#undef A_LAST
#undef A_BOTTOM
