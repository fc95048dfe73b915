/* store_log.h - single records of the log again, beside the writer: the engine's history.
 *
 * A few segments are kept unpacked, since what one account did lies close together as often as not.
 * To be used on one thread. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "runtime/segment.h"

typedef struct store_log store_log;

/* Opens for reading; the store may be open for writing. NULL: `why` tells. */
store_log *store_log_open(const char *folder, buffer *why);
void store_log_close(store_log *log);

/* The record of that number, from 1, with SEGMENT_SPARE_BYTES readable behind its text; borrowed
 * until the next call. False: it is not there, or damaged. */
bool store_log_record(store_log *log, uint64_t number, record *record);

#endif
