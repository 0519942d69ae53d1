// The places of indices, sorted by what they name: those that name row r are order[starts[r]] to order[starts[r + 1] - 1], in
// ascending order; indices outside the rows are left out.
//
//   indices   2 0 2 9 1          a work-item takes BLOCK rows: it counts how many indices name a row before them,
//   starts    0 1 2 4            and each of them, and then puts every place into its row's part
//   order     1 4 0 2
//
// Parameters:  BLOCK, rows of a work-item.
#ifndef KERNEL
#define KERNEL sort
#define PARAMETERS global const int* indices, global int* starts, global int* order
#define INDICES indices
#define STARTS starts
#define ORDER order
#define BLOCK 64
#endif

kernel void KERNEL(PARAMETERS, const int rows, const int count, const int blocks) {
  if (get_global_id(0) < blocks) {
    const int first = get_global_id(0) * BLOCK;
    const int here = min(BLOCK, rows - first);
    int next[BLOCK];
    for (int r = 0; r < here; r++) {
      next[r] = 0;
    }
    int before = 0;
    for (int i = 0; i < count; i++) {
      const int row = INDICES[i];
      before += row >= 0 && row < first ? 1 : 0;
      if (row >= first && row < first + here) {
        next[row - first]++;
      }
    }
    for (int r = 0; r < here; r++) {
      const int length = next[r];
      next[r] = before;
      STARTS[first + r] = before;
      before += length;
    }
    if (first + here == rows) {
      STARTS[rows] = before;
    }
    for (int i = 0; i < count; i++) {
      const int row = INDICES[i];
      if (row >= first && row < first + here) {
        ORDER[next[row - first]++] = i;
      }
    }
  }
}
