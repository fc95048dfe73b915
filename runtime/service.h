/* service.h - the service: events come in over feeds, decisions go out, all on one loop.
 *
 *   gather       lines that were read become records of the next batch, or are refused
 *   commit       the batch becomes one segment of the log, on the pool, while the next one gathers
 *   feed         its records go into the engine, in the order of the log
 *   publish      what was decided goes to the subscribers
 *   acknowledge  what was refused and up to where all is durable goes to the feeds
 *
 * An event is acknowledged only after its commit, and a decision leaves only after the commit of
 * all that it rests on. The rows that follow from a batch are written with the batch after it. */
#ifndef SERVICE_H
#define SERVICE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/address.h"
#include "runtime/restart.h"
#include "runtime/session.h"

/* A batch that holds this much is not added to: feeds are not read until it goes to be
 * committed. */
#define SERVICE_BATCH_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* How long stopping waits for clients that are slow to take the last lines. */
#define SERVICE_STOP_WAIT_MS UINT64_C(5000)

/* Refused lines are told of in the log at most this often. */
#define SERVICE_REFUSED_LOG_MS UINT64_C(60000)

/* Files that are not left to connections: the store's, the loop's, those of connections that are
 * being turned away. */
#define SERVICE_FILES_KEPT ((size_t)64)

typedef struct service_options {
  restart_options start;
  const address *feed, *plain; /* where to listen; either may be NULL, not both */
  session_settings sessions;
} service_options;

/* Runs until SIGTERM or SIGINT. Gives the exit code. */
int service_run(const service_options *options);

#endif
