/* feed_resume.c - see feed_resume.h. */
#include "runtime/feed_resume.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/feed_file.h"

/* JSON writes such a text in one way only (but for senders that escape what they need not: theirs
 * are sent again, and recognised as repeats). */
static bool is_plain(treaty_text text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.bytes[i];
    if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\' || byte == '/') return false;
  }
  return true;
}

static bool is_member(json_t *object, const char *key, treaty_text text) {
  json_t *value = json_object_get(object, key);
  return json_is_string(value) && json_string_length(value) == text.length &&
         memcmp(json_string_value(value), text.bytes, text.length) == 0;
}

bool feed_resume_is(treaty_text line, treaty_text source, treaty_text id) {
  /* Reading JSON costs fifty times as much as looking whether the id is there at all. */
  if (is_plain(id) && !memmem(line.bytes, line.length, id.bytes, id.length)) return false;
  json_t *event = json_loadb(line.bytes, line.length, JSON_ALLOW_NUL, NULL);
  bool same = is_member(event, "source", source) && is_member(event, "id", id);
  json_decref(event);
  return same;
}

static uint64_t find_in(feed_file *file, treaty_text source, treaty_text id) {
  feed_line line;
  while ((line = feed_file_next(file)).number > 0)
    if (line.bytes && feed_resume_is((treaty_text){line.bytes, line.length}, source, id))
      return line.number;
  return 0;
}

bool feed_resume_find(const char *const *paths, size_t path_count, size_t line_bytes_max,
                      treaty_text source, treaty_text id, feed_place_in *place) {
  for (size_t i = 0; i < path_count; i++) {
    char *error = NULL;
    if (strcmp(paths[i], "-") == 0) continue;
    feed_file *file = feed_file_open(paths[i], line_bytes_max, &error);
    uint64_t number = file ? find_in(file, source, id) : 0;
    feed_file_close(file);
    free(error);
    *place = (feed_place_in){i, number};
    if (number > 0) return true;
  }
  return false;
}
