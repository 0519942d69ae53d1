// Stages of work on rows that do not depend on each other, once or in each step of a loop: a work-item on a CPU, a work-group on
// a GPU takes rows through all of them, so that what one stage makes is near for the next and no step waits for other rows.
//
//            stage 1   stage 2   stage 3  |  stage 1 ...      (step after step)
//   rows     ------>   ------>   ------>  |  ------>          work-item or work-group 0, group after group
//   rows     ------>   ------>   ------>  |  ------>          work-item or work-group 1
//
// On a GPU the work-items of a group share each stage and meet at a barrier after it, in the same number of steps for all.
//
// Holes:  STAGES(begin, end, step) does all stages for rows begin to end; ARRAYS declares what they leave for each other.
// Parameters:  CPU, 1 on a CPU; ITEMS, the work-items of a group on a GPU.
// Local memory, on a GPU: that of ARRAYS, at most 16 KB, and 8 bytes a work-item, up to 64 where work-items share a product's sums.
#ifndef KERNEL
#define KERNEL fused_rows
#define PARAMETERS global float* x
#define CPU 1
#define ITEMS 1
#define ARRAYS
#define STAGES(begin, end, step) x[begin] += x[end - 1]
#endif

#if CPU
#define GROUPED ONE_WORK_ITEM
#else
#define GROUPED __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
#endif

// rows: in all; chunk: rows of a work-item or work-group; group: of them that go through all steps before the next; from, to: the
// steps of this launch, of steps in all.
kernel GROUPED void KERNEL(PARAMETERS, const int rows, const int chunk, const int group, const int from, const int to, const int steps) {
  ARRAYS
  const int first = get_group_id(0) * chunk;
  const int last = min(first + chunk, rows);
  for (int begin = first; begin < last; begin += group) {
    const int end = min(begin + group, last);
    for (int step = from; step < to; step++) {
      STAGES(begin, end, step);
    }
  }
}
#undef GROUPED
