/* check_csv.c - values of the fields of a CSV file, by the types of the columns; see csv.h. */
#include <stdlib.h>
#include <string.h>

#include "engine/csv.h"
#include "engine/limits.h"
#include "engine/text_list.h"
#include "grammar/civil.h"
#include "grammar/keywords.h"
#include "grammar/near.h"
#include "grammar/parse.h"

typedef struct csv_check {
  tr_check *check;
  const tr_fields *columns;
  const tr_type **types;
  uint32_t key_count;
  uint32_t *places; /* of each field of a record, the column; UINT32_MAX: none */
  uint32_t width;   /* fields of a record */
} csv_check;

static tr_diag *report(csv_check *csv, tr_diag_code code, tr_span span, const char *message) {
  return tr_report(csv->check->diags, code, span, "%s", message);
}

/* ---- Numbers and times ----------------------------------------------------------------------- */

static bool read_decimal(const char *text, size_t length, int64_t *millionths) {
  bool negative = length > 0 && text[0] == '-';
  const char *digits = text + negative;
  size_t count = length - negative, points = 0;
  for (size_t i = 0; i < count; i++) {
    bool inner = i > 0 && i + 1 < count;
    points += digits[i] == '.';
    if ((digits[i] < '0' || digits[i] > '9') && !(digits[i] == '.' && inner && points == 1))
      return false;
  }
  if (count == 0 || !tr_parse_decimal(digits, count, millionths)) return false;
  if (negative) *millionths = -*millionths;
  return true;
}

/* `80000`, or `80000 EUR`. */
static bool read_money(const tr_type *type, const char *text, int64_t *minor) {
  const char *blank = strchr(text, ' ');
  size_t length = blank ? (size_t)(blank - text) : strlen(text);
  int64_t unit = 1000000;
  if (blank && strcmp(blank + 1, type->currency) != 0) return false;
  if (!read_decimal(text, length, minor)) return false;
  for (uint32_t i = 0; i < type->currency_digits; i++) unit /= 10;
  if (*minor % unit != 0) return false;
  *minor /= unit;
  return true;
}

/* `4 hours`. */
static bool read_duration(const char *text, int64_t *ms) {
  static const struct {
    const char *word;
    int64_t ms;
  } units[] = {
#define UNIT_ROW(word, ms) {word, ms},
      TR_UNITS(UNIT_ROW)
#undef UNIT_ROW
  };
  const char *blank = strchr(text, ' ');
  int64_t number;
  if (!blank || !read_decimal(text, (size_t)(blank - text), &number)) return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(units[i].word, blank + 1) != 0) continue;
    __int128 exact = (__int128)number * units[i].ms;
    if (exact % 1000000 != 0 || exact < 0 || exact / 1000000 > TR_HALVES_MAX_MS) return false;
    *ms = (int64_t)(exact / 1000000);
    return true;
  }
  return false;
}

/* Digits with marks between their thousands, as in `1,000`, `-1.000.000,50`; gives how many bytes
 * that are, or 0, and writes the number as it should be. */
static size_t read_thousands(const char *text, char *number) {
  const char *at = text + (*text == '-');
  size_t first = strspn(at, "0123456789");
  char mark = at[first];
  if (first < 1 || first > 3 || mark == '\0' || !strchr(",.' ", mark)) return 0;
  memcpy(number, text, first + (size_t)(at - text));
  number += first + (size_t)(at - text);
  at += first;
  if (strspn(at + 1, "0123456789") != 3) return 0;
  for (; *at == mark && strspn(at + 1, "0123456789") == 3; at += 4, number += 3)
    memcpy(number, at + 1, 3);
  if ((*at == '.' || *at == ',') && *at != mark) {
    size_t decimals = strspn(at + 1, "0123456789");
    *number++ = '.';
    memcpy(number, at + 1, decimals);
    number += decimals;
    at += 1 + decimals;
  }
  *number = '\0';
  return (size_t)(at - text);
}

/* `1.000` could be a thousand or one. Where three decimals have no use neither is taken. */
static bool is_doubtful(const tr_type *type, const char *text) {
  char number[64];
  bool whole = type->kind == TYPE_WHOLE,
       money = type->kind == TYPE_MONEY && type->currency_digits < 3;
  if ((!whole && !money) || strlen(text) >= sizeof number) return false;
  return read_thousands(text, number) > 0 && strchr(text, '.');
}

static const char *number_help(tr_arena *arena, const tr_type *type, const char *text) {
  bool counts = type->kind == TYPE_NUMBER || type->kind == TYPE_WHOLE || type->kind == TYPE_MONEY ||
                type->kind == TYPE_DURATION;
  char *number = tr_arena_alloc(arena, strlen(text) + 1);
  if (!counts) return NULL;
  size_t length = read_thousands(text, number);
  if (length > 0)
    return tr_arena_print(arena, "A number has no marks between its thousands: write '%s%s'.",
                          number, text + length);
  const char *comma = strchr(text, ',');
  if (!comma || strspn(text, "-0123456789") != (size_t)(comma - text) || comma == text ||
      comma[1] < '0' || comma[1] > '9')
    return NULL;
  return tr_arena_print(arena, "The decimal mark is the point: write '%.*s.%s'.",
                        (int)(comma - text), text, comma + 1);
}

static bool read_plain(const tr_type *type, const char *text, int64_t *number) {
  size_t length = strlen(text);
  if (is_doubtful(type, text)) return false;
  switch (type->kind) {
    case TYPE_NUMBER: return read_decimal(text, length, number);
    case TYPE_WHOLE: return read_decimal(text, length, number) && *number % 1000000 == 0;
    case TYPE_MONEY: return read_money(type, text, number);
    case TYPE_DURATION: return read_duration(text, number);
    case TYPE_DATE: return tr_parse_date(text, length, number);
    case TYPE_TIME: return tr_parse_local(text, length, number);
    case TYPE_TRUTH:
      *number = strcmp(text, "true") == 0;
      return *number || strcmp(text, "false") == 0;
    default: return false;
  }
}

/* ---- Names and sets -------------------------------------------------------------------------- */

static bool read_value(csv_check *csv, const tr_type *type, const char *text, tr_span span,
                       int64_t *number) {
  uint32_t value = tr_type_value(type, text);
  *number = value;
  if (value != UINT32_MAX) return true;
  const char **names = TR_NEW_ARRAY(csv->check->arena, const char *, type->values.count + 1);
  for (uint32_t i = 0; i < type->values.count; i++) names[i] = type->values.items[i].text;
  const char *what =
      tr_arena_print(csv->check->arena, "a value of %s", tr_type_text(csv->check->arena, type));
  tr_name name = {.text = text, .span = span};
  tr_check_unknown(csv->check, DIAG_UNKNOWN_VALUE, name, what, names, type->values.count);
  return false;
}

/* The next of `a; b; c`, without the blanks around it; NULL: no more. */
static const char *next_part(tr_arena *arena, const char **rest) {
  if (!*rest) return NULL;
  const char *from = *rest, *end = strchr(from, ';');
  size_t length = end ? (size_t)(end - from) : strlen(from);
  *rest = end ? end + 1 : NULL;
  while (length > 0 && *from == ' ') from++, length--;
  while (length > 0 && from[length - 1] == ' ') length--;
  return tr_arena_copy(arena, from, length);
}

static bool read_many(csv_check *csv, const tr_type *type, const tr_csv_field *field,
                      tr_csv_cell *cell) {
  tr_arena *arena = csv->check->arena;
  const char *rest = field->text, *part;
  while ((part = next_part(arena, &rest)) != NULL) {
    int64_t value;
    if (!read_value(csv, type, part, field->span, &value)) return false;
    cell->number |= (int64_t)(UINT64_C(1) << value);
  }
  return true;
}

static const char *read_texts(tr_arena *arena, const tr_csv_field *field) {
  TR_LIST(treaty_text) members = {0};
  const char *rest = field->text;
  for (const char *part; (part = next_part(arena, &rest)) != NULL;) {
    treaty_text member = {.bytes = part, .length = strlen(part)};
    TR_PUSH(arena, &members, member);
  }
  return tr_text_list(arena, members.items, members.count).bytes;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static bool read_known(csv_check *csv, const tr_type *type, const tr_csv_field *field,
                       tr_csv_cell *cell) {
  if (tr_type_is_text(type)) {
    cell->text = field->text;
    return true;
  }
  if (type->kind == TYPE_TEXTS) {
    cell->text = read_texts(csv->check->arena, field);
    return true;
  }
  if (type->kind == TYPE_SET) return read_many(csv, type, field, cell);
  if (tr_type_has_values(type))
    return read_value(csv, type, field->text, field->span, &cell->number);
  if (read_plain(type, field->text, &cell->number)) return true;
  bool has_article = type->kind != TYPE_TRUTH && type->kind != TYPE_MONEY;
  tr_diag *diag =
      tr_report(csv->check->diags, DIAG_WRONG_TYPE, field->span, "'%s' is not %s%s", field->text,
                has_article ? "a " : "", tr_type_text(csv->check->arena, type));
  const char *help = number_help(csv->check->arena, type, field->text);
  if (help) tr_diag_help(diag, "%s", help);
  return false;
}

static void read_cell(csv_check *csv, uint32_t column, const tr_csv_field *field,
                      tr_csv_cell *cell) {
  const tr_type *type = csv->types[column];
  cell->from = field->span.from;
  cell->to = field->span.to;
  if (type->kind == TYPE_ERROR) return;
  if (field->text[0] == '\0' && !field->quoted) {
    if (column < csv->key_count) report(csv, DIAG_MISSING, field->span, "a key cannot be empty");
    return;
  }
  cell->known = read_known(csv, type, field, cell);
}

/* ---- The header ------------------------------------------------------------------------------ */

static uint32_t column_of(const csv_check *csv, const char *name) {
  for (uint32_t i = 0; i < csv->columns->count; i++) {
    if (strcmp(csv->columns->items[i].key, name) == 0) return i;
  }
  return UINT32_MAX;
}

static void report_unknown_column(csv_check *csv, const tr_csv_field *field) {
  const char **names = TR_NEW_ARRAY(csv->check->arena, const char *, csv->columns->count + 1);
  for (uint32_t i = 0; i < csv->columns->count; i++) names[i] = csv->columns->items[i].key;
  if (strchr(field->text, ';') && csv->width == 1) {
    tr_diag *diag = report(csv, DIAG_WRONG_FORM, field->span,
                           "the columns are separated by semicolons, and not by commas");
    tr_diag_help(diag, "Export the file with commas.");
    return;
  }
  tr_name name = {.text = field->text, .span = field->span};
  tr_check_unknown(csv->check, DIAG_UNKNOWN_FIELD, name, "a column that is declared", names,
                   csv->columns->count);
}

static bool read_header(csv_check *csv, tr_csv *file) {
  size_t errors = csv->check->diags->error_count;
  bool *found = TR_NEW_ARRAY(csv->check->arena, bool, csv->columns->count + 1);
  bool known = true;
  csv->width = file->row.count;
  csv->places = TR_NEW_ARRAY(csv->check->arena, uint32_t, csv->width + 1);
  for (uint32_t i = 0; i < csv->width; i++) {
    const tr_csv_field *field = &file->row.items[i];
    uint32_t column = csv->places[i] = column_of(csv, field->text);
    if (column == UINT32_MAX) {
      report_unknown_column(csv, field); /* which may find nothing to say */
      known = false;
      continue;
    }
    if (found[column])
      tr_report(csv->check->diags, DIAG_DUPLICATE, field->span, "column '%s' stands twice",
                field->text);
    found[column] = true;
  }
  if (!known || csv->check->diags->error_count > errors) return false;
  for (uint32_t i = 0; i < csv->columns->count; i++) {
    if (found[i]) continue;
    tr_diag *diag = tr_report(csv->check->diags, DIAG_MISSING, file->row.items[0].span,
                              "the file has no column '%s'", csv->columns->items[i].key);
    tr_diag_help(diag, "The first line names the columns, separated by commas.");
  }
  return csv->check->diags->error_count == errors;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void report_wrong(csv_check *csv, const tr_csv *file) {
  if (file->wrong) report(csv, DIAG_WRONG_FORM, file->wrong_span, file->wrong);
}

typedef TR_LIST(tr_csv_cell) cell_list;

static void read_record(csv_check *csv, const tr_csv *file, cell_list *cells) {
  uint32_t first = cells->count, width = csv->columns->count;
  if (file->row.count != csv->width) {
    tr_span span = tr_span_join(file->row.items[0].span, file->row.items[file->row.count - 1].span);
    tr_report(csv->check->diags, DIAG_WRONG_FORM, span,
              "this line has %u field%s, and the first line %u", file->row.count,
              file->row.count == 1 ? "" : "s", csv->width);
    return;
  }
  for (uint32_t i = 0; i < width; i++) TR_PUSH(csv->check->arena, cells, (tr_csv_cell){0});
  for (uint32_t i = 0; i < width; i++)
    read_cell(csv, csv->places[i], &file->row.items[i], &cells->items[first + csv->places[i]]);
}

tr_csv_rows *tr_check_csv(tr_check *check, uint32_t file_number, const tr_fields *columns,
                          uint32_t key_count) {
  csv_check csv = {.check = check, .columns = columns, .key_count = key_count};
  tr_csv file = {.arena = check->arena,
                 .source = &check->diags->sources.files.items[file_number],
                 .file = file_number};
  cell_list cells = {0};
  csv.types = TR_NEW_ARRAY(check->arena, const tr_type *, columns->count + 1);
  for (uint32_t i = 0; i < columns->count; i++)
    csv.types[i] = tr_check_type_told(check, columns->items[i].type);
  if (!tr_csv_next(&file)) {
    report_wrong(&csv, &file);
    if (!file.wrong)
      report(&csv, DIAG_MISSING, (tr_span){.file = file_number},
             "the file is empty: its first line should name the columns");
    return NULL;
  }
  if (!read_header(&csv, &file)) return NULL;
  while (cells.count < TR_CSV_CELLS_MAX && tr_csv_next(&file)) read_record(&csv, &file, &cells);
  report_wrong(&csv, &file);
  if (cells.count >= TR_CSV_CELLS_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, file.row.items[0].span,
              "a file has fewer than %d fields", TR_CSV_CELLS_MAX);
  }
  tr_csv_rows *rows = TR_NEW(check->arena, tr_csv_rows);
  *rows = (tr_csv_rows){.file = file_number,
                        .width = columns->count,
                        .count = cells.count / columns->count,
                        .cells = cells.items};
  return rows;
}
