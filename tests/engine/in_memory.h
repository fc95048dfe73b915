/* in_memory.h - a host whose files are texts in memory, and events made by hand: for the tests of
 * the engine. */
#ifndef IN_MEMORY_H
#define IN_MEMORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "treaty.h"

typedef struct memory_file {
  const char *path;
  treaty_text text;
} memory_file;

typedef struct memory_files {
  const memory_file *items;
  size_t count;
} memory_files;

static inline bool read_memory_file(void *context, const char *path, treaty_text *text,
                                    const char **why) {
  const memory_files *files = context;
  for (size_t i = 0; i < files->count; i++) {
    if (strcmp(files->items[i].path, path) != 0) continue;
    *text = files->items[i].text;
    return true;
  }
  *why = "no such file";
  return false;
}

/* There is no zone but UTC, which needs no file. */
static inline bool read_no_zone(void *context, const char *name, treaty_text *tzif,
                                const char **why) {
  (void)context;
  (void)name;
  (void)tzif;
  *why = "no such zone";
  return false;
}

static inline treaty_text text_of(const char *text) {
  return (treaty_text){.bytes = text, .length = text ? strlen(text) : 0};
}

/* Loads the one file "main.treaty". */
static inline treaty_status load_text(treaty_text text, treaty_diags **diags,
                                      treaty_program **program) {
  memory_file file = {.path = "main.treaty", .text = text};
  memory_files files = {.items = &file, .count = 1};
  treaty_host host = {.context = &files, .read_file = read_memory_file, .read_zone = read_no_zone};
  return treaty_load(&host, "main.treaty", diags, program);
}

/* … which must check, warnings aside. */
static inline treaty_program *load_good_text(const char *text) {
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = load_text(text_of(text), &diags, &program);
  for (size_t i = 0; status != TREATY_OK && i < treaty_diags_count(diags); i++) {
    print_error("%s", treaty_diags_text(diags, i, false));
  }
  assert_int_equal(status, TREATY_OK);
  treaty_diags_free(diags);
  return program;
}

#define SENT_FIELDS_MAX 8

/* An event and what it points to. */
typedef struct sent_event {
  treaty_event event;
  treaty_value values[SENT_FIELDS_MAX];
  char id[24];
} sent_event;

/* An event of `type` whose id is the number; its fields are absent. `account` may be NULL. */
static inline void prepare_event(sent_event *sent, const treaty_program *program, const char *type,
                                 uint32_t number, const char *account, int64_t time_ms) {
  memset(sent, 0, sizeof *sent);
  snprintf(sent->id, sizeof sent->id, "%u", number);
  sent->event = (treaty_event){
      .type = treaty_program_event_type(program, type, strlen(type)),
      .source = text_of("/test"),
      .id = text_of(sent->id),
      .account = text_of(account),
      .time_ms = time_ms,
      .content_hash = number,
      .values = sent->values,
  };
  assert_non_null(sent->event.type);
  assert_true(sent->event.type->field_count <= SENT_FIELDS_MAX);
}

static inline void set_integer(sent_event *sent, uint32_t field, int64_t value) {
  sent->values[field] = (treaty_value){.present = true, .integer = value};
}

static inline void set_text(sent_event *sent, uint32_t field, const char *value) {
  sent->values[field] = (treaty_value){.present = true, .text = text_of(value)};
}

/* The same beside another file, "newer.treaty". */
static inline treaty_status load_beside(treaty_text text, treaty_text newer, treaty_diags **diags,
                                        treaty_program **program) {
  memory_file items[] = {{.path = "main.treaty", .text = text},
                         {.path = "newer.treaty", .text = newer}};
  memory_files files = {.items = items, .count = 2};
  treaty_host host = {.context = &files, .read_file = read_memory_file, .read_zone = read_no_zone};
  treaty_version versions[] = {
      {.host = &host, .path = items[0].path, .taken_ms = INT64_MIN},
      {.host = &host, .path = items[1].path, .taken_ms = INT64_MIN},
  };
  return treaty_load_beside(versions, 2, diags, program);
}

#endif
