/* seal.h - a sealed treaty: one readable file that holds a treaty with everything it uses.
 *
 *     treaty-sealed 1
 *     sha256 9f2c…                      over all behind this line
 *
 *     agreement "desk" version 3, between marketing, sales …      for people; nobody reads it back
 *     …
 *     main 2481 desk.treaty             as in a bundle (host.c): kind, bytes, name, and the bytes
 *     …
 *     zone 4200 Europe/Berlin           of a zone in base64, 76 letters a line
 *     …
 *
 * What was sealed decides the same wherever it lies: files, lists, calendars, standard rules and
 * the zone are those of the day. It stands wherever a treaty may. */
#ifndef SEAL_H
#define SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/buffer.h"
#include "treaty.h"

/* Writes a treaty that checked, sealed; `bundle` is the host's of its load. */
void seal_write(const treaty_program *program, const buffer *bundle, buffer *out);

/* Whether these are the bytes of a sealed treaty. */
bool seal_is(const void *bytes, size_t length);

/* The bundle in it. False: *why says what is wrong, such as that it was changed. */
bool seal_open(const void *bytes, size_t length, buffer *bundle, buffer *why);

#endif
