// Small kernels that need nothing of each other, side by side on a CPU: each is a work-item's, all of it.
//
//          kernel 0   ------>            work-item 0
//          kernel 1   ---->              work-item 1
//          kernel 2   -------->          work-item 2
//
// Holes:  WORK(number) does one of them.
#ifndef KERNEL
#define KERNEL side_by_side
#define PARAMETERS global float* x
#define WORK(number) x[number] += 1
#endif

kernel ONE_WORK_ITEM void KERNEL(PARAMETERS) {
  WORK(get_global_id(0));
}
