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

void feed_resume_add(feed_prefix *prefix, treaty_text line, uint64_t line_bytes_max) {
  bool held = line_bytes_max == 0 || line.length <= line_bytes_max;
  feed_prefix_add(prefix, (treaty_text){held ? line.bytes : NULL, line.length});
}

/* A search on its way through the files. */
typedef struct search {
  const feed_known *known;
  feed_prefix prefix; /* of all lines so far */
  feed_place_in place;
  bool last_seen; /* the last line that the service has is at the place */
} search;

/* True: the files begin with all that is known. */
static bool look_at_line(search *search, size_t path, const feed_line *line) {
  const feed_known *known = search->known;
  treaty_text text = {line->bytes, line->length};
  if (search->prefix.lines < known->prefix.lines) {
    feed_resume_add(&search->prefix, text, known->line_bytes_max);
    if (feed_prefix_same(search->prefix, known->prefix)) {
      search->place = (feed_place_in){path, line->number};
      return true;
    }
  }
  if (!search->last_seen && known->id.bytes && feed_resume_is(text, known->source, known->id)) {
    search->last_seen = true;
    search->place = (feed_place_in){path, line->number};
  }
  return false;
}

static bool look_at_file(search *search, size_t path, feed_file *file) {
  feed_line line;
  while ((line = feed_file_next(file)).number > 0)
    if (line.bytes && look_at_line(search, path, &line)) return true;
  return false;
}

feed_resume feed_resume_find(const char *const *paths, size_t path_count, size_t line_bytes_max,
                             const feed_known *known, feed_place_in *place) {
  search search = {.known = known};
  bool found = false, readable = known->prefix.lines > 0;
  for (size_t i = 0; i < path_count && readable && !found; i++) {
    char *error = NULL;
    feed_file *file =
        strcmp(paths[i], "-") == 0 ? NULL : feed_file_open(paths[i], line_bytes_max, &error);
    if (file) found = look_at_file(&search, i, file);
    readable = file && !feed_file_error(file);
    feed_file_close(file);
    free(error);
  }
  *place = search.place;
  return found ? FEED_RESUME_BEHIND : search.last_seen ? FEED_RESUME_CHANGED : FEED_RESUME_OTHER;
}
