// A layer of OpenCL's loader that has every buffer end at a page which nothing may touch, on drivers whose device memory
// is the host's (PoCL, Intel's CPU runtime, rusticl on llvmpipe). A kernel that reads or writes beyond a buffer's end
// crashes where it does so, at full speed; Oclgrind finds the same a thousand times slower. New memory is filled with
// bytes of 0xff, NaN as a float, so that a number that was never written shows in the results.
//
//     ....|0xff 0xff [buffer]|no access
//     page                   page
//
//   gcc -O1 -shared -fPIC -o guard.so tools/guard/guard.c        needs OpenCL's headers (Debian: opencl-headers)
//   OPENCL_LAYERS=$PWD/guard.so java -jar opencl/target/clarion.jar check --random 1000
//
// Loaders with layers: ocl-icd from 2.3, Khronos' from 2021.
#define CL_TARGET_OPENCL_VERSION 300
#define _GNU_SOURCE
#include <CL/cl.h>
#include <CL/cl_layer.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  // From so many elements on, results are stored past the caches, by instructions that need aligned memory.
  LARGE = 1 << 23,
  // What OpenCL promises of a buffer's first byte.
  ALIGNED = 128
};

typedef struct {
  void *pages;
  size_t bytes;
} Mapping;

static const struct _cl_icd_dispatch *below;
static struct _cl_icd_dispatch layer;

static void CL_CALLBACK unmap(cl_mem buffer, void *of) {
  Mapping *mapping = of;
  munmap(mapping->pages, mapping->bytes);
  free(mapping);
}

static cl_mem CL_API_CALL create_buffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *error) {
  if (size == 0 || (flags & CL_MEM_USE_HOST_PTR)) {
    return below->clCreateBuffer(context, flags, size, host, error);
  }
  const size_t padded = size < LARGE ? size : (size + ALIGNED - 1) / ALIGNED * ALIGNED;
  const size_t page = sysconf(_SC_PAGESIZE);
  const size_t inside = (padded + page - 1) / page * page;
  char *pages = mmap(NULL, inside + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) {
    return below->clCreateBuffer(context, flags, size, host, error);
  }
  mprotect(pages + inside, page, PROT_NONE);
  memset(pages, 0xff, inside);
  char *begin = pages + inside - padded;
  if (flags & CL_MEM_COPY_HOST_PTR) {
    memcpy(begin, host, size);
  }
  flags &= ~(CL_MEM_COPY_HOST_PTR | CL_MEM_ALLOC_HOST_PTR);
  cl_mem buffer = below->clCreateBuffer(context, flags | CL_MEM_USE_HOST_PTR, size, begin, error);
  if (buffer == NULL) {
    munmap(pages, inside + page);
    return NULL;
  }
  Mapping *mapping = malloc(sizeof *mapping);
  *mapping = (Mapping) {pages, inside + page};
  below->clSetMemObjectDestructorCallback(buffer, unmap, mapping);
  return buffer;
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info name, size_t size, void *value, size_t *size_ret) {
  if (name != CL_LAYER_API_VERSION) {
    return CL_INVALID_VALUE;
  }
  if (value != NULL && size >= sizeof(cl_layer_api_version)) {
    *(cl_layer_api_version *)value = CL_LAYER_API_VERSION_100;
  }
  if (size_ret != NULL) {
    *size_ret = sizeof(cl_layer_api_version);
  }
  return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const struct _cl_icd_dispatch *target, cl_uint *entries_ret,
                                            const struct _cl_icd_dispatch **layer_ret) {
  below = target;
  layer.clCreateBuffer = create_buffer;
  *entries_ret = sizeof layer / sizeof(void *);
  *layer_ret = &layer;
  return CL_SUCCESS;
}
