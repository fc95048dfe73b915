/* buffer.h - bytes that grow: what is to be written, before it is. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "treaty.h"

typedef struct buffer {
  char *bytes; /* NULL while empty; no NUL behind unless buffer_text was asked */
  size_t length, room;
} buffer;

/* Both end the process with a sentence when there is no memory: the executable has nothing better
 * to do. */
void buffer_put(buffer *out, const void *bytes, size_t length);
void buffer_print(buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes with a NUL behind; borrowed. */
const char *buffer_text(buffer *out);

bool bytes_same(treaty_text a, treaty_text b);

/* A JSON string with its quotes (RFC 8259; `text` is UTF-8). */
void buffer_json(buffer *out, const char *text, size_t length);

/* Empties but keeps the room. */
void buffer_clear(buffer *out);
void buffer_free(buffer *out);

/* Room for `count` things of `size` bytes, in place of `old` (NULL: none yet); to be freed. Without
 * memory it ends the process as the buffers do. */
void *room_grow(void *old, size_t count, size_t size);
char *room_copy(const char *text);

#endif
