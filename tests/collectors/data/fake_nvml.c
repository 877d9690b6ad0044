/* A driver of one synthetic GPU for the tests: two processes, 3.6 kJ more at each reading of the counter.
   Only what the channel asks for; anything else is "function not found" to nvidia-ml-py. */
#include <stddef.h>
#include <string.h>

typedef struct { unsigned int pid; unsigned long long memory; unsigned int gpu_instance, compute_instance; } process_t;
typedef struct { unsigned int pid; unsigned long long stamp; unsigned int sm, memory, encoder, decoder; } sample_t;

static unsigned long long energy_mj = 1000;
static unsigned long long stamp_us = 0;

int nvmlInitWithFlags(unsigned int flags) { return 0; }
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) { *device = &energy_mj; return 0; }
int nvmlDeviceGetUUID(void *device, char *uuid, unsigned int length) { strncpy(uuid, "GPU-fake", length); return 0; }
int nvmlDeviceGetName(void *device, char *name, unsigned int length) { strncpy(name, "Synthetic", length); return 0; }

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *energy) {
    *energy = energy_mj;
    energy_mj += 3600000;
    return 0;
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned int *count, process_t *processes) {
    if (processes == NULL || *count < 2) { *count = 2; return 7; } /* insufficient size */
    memset(processes, 0, 2 * sizeof *processes);
    processes[0].pid = 4242;
    processes[1].pid = 900;
    *count = 2;
    return 0;
}

int nvmlDeviceGetProcessUtilization(void *device, sample_t *samples, unsigned int *count, unsigned long long since) {
    if (samples == NULL) {
        stamp_us += 1000000;
        *count = stamp_us > 1000000 ? 2 : 0;
        return *count ? 7 : 6; /* insufficient size, or nothing yet: not found */
    }
    memset(samples, 0, 2 * sizeof *samples);
    samples[0].pid = 4242; samples[0].stamp = stamp_us; samples[0].sm = 60;
    samples[1].pid = 900; samples[1].stamp = stamp_us; samples[1].sm = 20;
    *count = 2;
    return 0;
}
