/* buffer.c - one growing piece of memory, doubled when it is full, so that adding is cheap on
 * average. */
#include "runtime/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_ROOM_MIN 256

static void ends_without_memory(void) {
  fputs("treaty: there is not enough memory\n", stderr);
  exit(2);
}

static void make_room(buffer *out, size_t length) {
  if (length > SIZE_MAX / 2 - out->length) ends_without_memory();
  size_t needed = out->length + length, room = out->room ? out->room : BUFFER_ROOM_MIN;
  while (room < needed) room *= 2;
  char *bytes = realloc(out->bytes, room);
  if (!bytes) ends_without_memory();
  out->bytes = bytes;
  out->room = room;
}

void *room_grow(void *old, size_t count, size_t size) {
  void *room = size > 0 && count > SIZE_MAX / size ? NULL : realloc(old, count * size);
  if (!room && count * size > 0) ends_without_memory();
  return room;
}

char *room_copy(const char *text) {
  size_t bytes = strlen(text) + 1;
  return memcpy(room_grow(NULL, bytes, 1), text, bytes);
}

void buffer_put(buffer *out, const void *bytes, size_t length) {
  if (length == 0) return;
  if (out->room - out->length < length) make_room(out, length);
  memcpy(out->bytes + out->length, bytes, length);
  out->length += length;
}

void buffer_print(buffer *out, const char *format, ...) {
  /* Most texts fit into what is there: they are formatted once. */
  for (;;) {
    size_t room = out->room - out->length;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(out->bytes ? out->bytes + out->length : NULL, room, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    if ((size_t)length < room) {
      out->length += (size_t)length;
      return;
    }
    make_room(out, (size_t)length + 1);
  }
}

const char *buffer_text(buffer *out) {
  if (out->length == out->room) make_room(out, 1);
  out->bytes[out->length] = '\0';
  return out->bytes;
}

bool bytes_same(treaty_text a, treaty_text b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* What stands behind the backslash, 'u' for the long form, 0 for a byte that stands for itself. */
static const char escapes[256] = {
    'u',         'u',           'u', 'u', 'u', 'u', 'u', 'u',
    'b',         't',           'n', 'u', 'f', 'r', 'u', 'u', /* 00 to 0f */
    'u',         'u',           'u', 'u', 'u', 'u', 'u', 'u',
    'u',         'u',           'u', 'u', 'u', 'u', 'u', 'u', /* 10 to 1f */
    ['"'] = '"', ['\\'] = '\\',
};

static void put_escaped(buffer *out, unsigned char byte, char escape) {
  static const char hex[] = "0123456789abcdef";
  if (escape == 'u') {
    char text[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    buffer_put(out, text, sizeof text);
  } else {
    char text[2] = {'\\', escape};
    buffer_put(out, text, sizeof text);
  }
}

void buffer_json(buffer *out, const char *text, size_t length) {
  buffer_put(out, "\"", 1);
  size_t start = 0; /* of the run of bytes that stand for themselves: copied in one piece */
  for (size_t i = 0; i < length; i++) {
    char escape = escapes[(unsigned char)text[i]];
    if (!escape) continue;
    buffer_put(out, text + start, i - start);
    put_escaped(out, (unsigned char)text[i], escape);
    start = i + 1;
  }
  buffer_put(out, text + start, length - start);
  buffer_put(out, "\"", 1);
}

void buffer_clear(buffer *out) { out->length = 0; }

void buffer_free(buffer *out) {
  free(out->bytes);
  *out = (buffer){0};
}
