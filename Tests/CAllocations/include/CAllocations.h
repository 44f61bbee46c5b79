/// How often the calling thread has asked for memory, by any of the ways that the test program counts.
long allocations_of_this_thread(void);
