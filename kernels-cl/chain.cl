// Stages of work on rows that do not depend on each other, once or in each step of a loop: a work-item takes rows through
// all of them, so that what one stage makes is in the cache for the next and no step waits for other rows.
//
//            stage 1   stage 2   stage 3  |  stage 1 ...      (step after step)
//   rows     ------>   ------>   ------>  |  ------>          work-item 0, group after group
//   rows     ------>   ------>   ------>  |  ------>          work-item 1
//
// Holes:  STAGES(begin, end, step) does all stages for rows begin to end.
#ifndef KERNEL
#define KERNEL chain
#define PARAMETERS global float* x
#define STAGES(begin, end, step) x[begin] += x[end - 1]
#endif

// rows: in all; chunk: rows of a work-item; group: of them that go through all steps before the next; steps: how often.
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int rows, const int chunk, const int group, const int steps) {
  const int first = get_global_id(0) * chunk;
  const int last = min(first + chunk, rows);
  for (int begin = first; begin < last; begin += group) {
    const int end = min(begin + group, last);
    for (int step = 0; step < steps; step++) {
      STAGES(begin, end, step);
    }
  }
}
