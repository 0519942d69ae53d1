// Small works that need nothing of each other, side by side on a CPU: each is a work-item's, all of it.
//
//          work 0   ------>            work-item 0
//          work 1   ---->              work-item 1
//          work 2   -------->          work-item 2
//
// Holes:  WORK(number) does one of them.
#ifndef KERNEL
#define KERNEL siblings
#define PARAMETERS global float* x
#define WORK(number) x[number] += 1
#endif

kernel ONE_WORK_ITEM void KERNEL(PARAMETERS) {
  WORK(get_global_id(0));
}
