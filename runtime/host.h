/* host.h - how a load reaches the disk, and the bundle of all that it read.
 *
 * A bundle is everything a program was made from: sources with their lists and catalogues, standard
 * rules, zone bytes, by name. Its SHA-256 names the program; a store keeps it whole, so that a
 * restart compiles the same program whatever has become of the files. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "treaty.h"

typedef struct host host;

/* Reads from the disk (zones from $TZDIR or /usr/share/zoneinfo), std/ from the library, and
 * records it. */
host *host_new(void);

/* The same, with the main file read, which may be a sealed treaty (seal.h); *main_path is what to
 * load then. NULL and `why`: it is sealed, and cannot be opened. */
host *host_open(const char *path, const char **main_path, buffer *why);

/* Answers from a bundle alone; NULL and *why when the bytes are no bundle. The bytes are copied. */
host *host_from_bundle(const void *bytes, size_t length, const char **why);

/* For treaty_load. Lives as long as the host. */
treaty_host host_callbacks(host *host);

/* The path that treaty_load was given, as the bundle remembers it. */
const char *host_main_path(const host *host);

/* What was read, in the order of names, so that the same treaty gives the same bytes. */
void host_bundle(const host *host, buffer *out);

/* SHA-256 of the bundle, in hex. */
void host_hash(const host *host, char hex[65]);

void host_free(host *host);

#endif
