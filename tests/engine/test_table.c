/* test_table.c - random decision tables held against their meaning, point by point: which cases are
 * missing, which rows can never match, which overlap, and what the table gives for each value and
 * for not knowing it. Rows that the checker offers are put in as they are. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#define COLUMNS  3
#define ROWS_MAX 60
#define TABLES   400
#define SEED     20261127u
#define NOON     INT64_C(1772452800000) /* 2026-03-02 12:00 UTC */

typedef enum truth { NO, YES, OPEN } truth;

/* need: a, b, c; n: -1 to 6, which stand for all whole numbers beside the constants 0 to 5; flag:
 * false, true. The value behind the last is: not known. */
static const int value_counts[COLUMNS] = {3, 8, 2};

typedef struct cell {
  bool any, unknown;
  unsigned values; /* a bit each */
} cell;

typedef struct row {
  cell cells[COLUMNS];
  int result; /* -1: unknown */
} row;

typedef struct table {
  row rows[ROWS_MAX];
  int count;
  bool each_once;
  char text[ROWS_MAX][80];
} table;

static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static int pick(uint64_t *state, int count) { return (int)(next_random(state) % (unsigned)count); }

/* ---- Reading cells: the rows that the checker offers are read by this, not by Treaty ---- */

static void take_range(cell *cell, int low, int high) {
  for (int i = low; i <= high; i++)
    if (i >= -1 && i <= 6) cell->values |= 1u << (i + 1);
}

static void read_test(int column, const char *text, cell *cell) {
  int low, high;
  if (strcmp(text, "_") == 0) cell->any = true;
  if (strcmp(text, "unknown") == 0) cell->unknown = true;
  if (strcmp(text, "known") == 0) cell->values |= (1u << value_counts[column]) - 1;
  if (strcmp(text, "_") == 0 || strstr(text, "known")) return;
  if (column == 2) cell->values |= strcmp(text, "true") == 0 ? 2u : 1u;
  if (column == 0 && text[0] == '>') cell->values |= 7u & ~((1u << (text[3] - 'a')) - 1);
  if (column == 0 && text[0] != '>') cell->values |= 1u << (text[0] - 'a');
  if (column != 1) return;
  if (sscanf(text, "%d to %d", &low, &high) == 2) return take_range(cell, low, high);
  if (sscanf(text, ">= %d", &low) == 1) return take_range(cell, low, 6);
  if (sscanf(text, "> %d", &low) == 1) return take_range(cell, low + 1, 6);
  if (sscanf(text, "<= %d", &high) == 1) return take_range(cell, -1, high);
  if (sscanf(text, "< %d", &high) == 1) return take_range(cell, -1, high - 1);
  assert_int_equal(sscanf(text, "%d", &low), 1);
  take_range(cell, low, low);
}

/* `b or c, >= 3, _ -> 1` */
static void add_row(table *table, const char *text) {
  char left[80], *rest = left;
  row *row = &table->rows[table->count];
  const char *arrow = strstr(text, " -> ");
  assert_true(table->count < ROWS_MAX && strlen(text) < sizeof left && arrow);
  memset(row, 0, sizeof *row);
  snprintf(left, sizeof left, "%.*s", (int)(arrow - text), text);
  for (int c = 0; c < COLUMNS; c++) {
    char *at = rest;
    rest = strstr(at, ", ");
    if (rest) {
      *rest = '\0';
      rest += 2;
    }
    for (char * or ; (or = strstr(at, " or ")) != NULL; at = or +4) {
      * or = '\0';
      read_test(c, at, &row->cells[c]);
    }
    read_test(c, at, &row->cells[c]);
  }
  row->result = strcmp(arrow + 4, "unknown") == 0 ? -1 : atoi(arrow + 4);
  snprintf(table->text[table->count++], sizeof table->text[0], "%s", text);
}

static void random_cell(uint64_t *state, int column, char text[24]) {
  static const char *const needs[] = {"a",    "b", "c",       "a or b", "a or c",
                                      ">= b", "_", "unknown", "known"};
  static const char *const flags[] = {"true", "false", "_", "unknown"};
  static const char *const orders[] = {">=", ">", "<=", "<"};
  int low = pick(state, 6), high = low + pick(state, 6 - low);
  if (column == 0) snprintf(text, 24, "%s", needs[pick(state, 9)]);
  if (column == 2) snprintf(text, 24, "%s", flags[pick(state, 4)]);
  if (column != 1) return;
  switch (pick(state, 6)) {
    case 0: snprintf(text, 24, "_"); return;
    case 1: snprintf(text, 24, "%d to %d", low, high); return;
    case 2: snprintf(text, 24, "%d or %d to 5", low, high); return;
    case 3: snprintf(text, 24, "unknown or < %d", low); return;
    default: snprintf(text, 24, "%s %d", orders[pick(state, 4)], low); return;
  }
}

static void make_table(uint64_t *state, table *table) {
  table->count = 0;
  table->each_once = pick(state, 3) == 0;
  for (int i = 1 + pick(state, table->each_once ? 3 : 6); i > 0; i--) {
    char cells[COLUMNS][24], text[80];
    for (int c = 0; c < COLUMNS; c++) random_cell(state, c, cells[c]);
    snprintf(text, sizeof text, "%s, %s, %s -> %d", cells[0], cells[1], cells[2], pick(state, 3));
    add_row(table, text);
  }
}

/* ---- What it means ---- */

typedef struct point {
  int of[COLUMNS];
} point;

#define POINTS (4 * 9 * 3)

static point point_of(int number) {
  point point;
  for (int c = 0; c < COLUMNS; c++) {
    point.of[c] = number % (value_counts[c] + 1);
    number /= value_counts[c] + 1;
  }
  return point;
}

static bool is_known(point point) {
  for (int c = 0; c < COLUMNS; c++)
    if (point.of[c] == value_counts[c]) return false;
  return true;
}

static truth row_truth(const row *row, point point) {
  truth truth = YES;
  for (int c = 0; c < COLUMNS; c++) {
    const cell *cell = &row->cells[c];
    bool unknown = point.of[c] == value_counts[c];
    if (cell->any || (unknown ? cell->unknown : cell->values >> point.of[c] & 1)) continue;
    if (!unknown) return NO;
    truth = OPEN;
  }
  return truth;
}

/* The value at a point; -1: unknown. */
static int meaning(const table *table, point point) {
  int agreed = -2;
  for (int r = 0; r < table->count; r++) {
    truth truth = row_truth(&table->rows[r], point);
    if (truth == YES && (table->each_once || agreed == -2)) return table->rows[r].result;
    if (truth == OPEN && !table->each_once) return -1;
    if (truth == OPEN)
      agreed = agreed == -2 || agreed == table->rows[r].result ? table->rows[r].result : -1;
  }
  return agreed == -2 ? -1 : agreed;
}

static bool leaves_out(const table *table) {
  for (int p = 0; p < POINTS; p++) {
    bool some = !is_known(point_of(p));
    for (int r = 0; r < table->count && !some; r++)
      some = row_truth(&table->rows[r], point_of(p)) == YES;
    if (!some) return true;
  }
  return false;
}

static bool can_match(const table *table, int number) {
  for (int p = 0; p < POINTS; p++) {
    bool free = row_truth(&table->rows[number], point_of(p)) == YES;
    for (int r = 0; r < number && free; r++) free = row_truth(&table->rows[r], point_of(p)) == NO;
    if (free) return true;
  }
  return false;
}

static bool overlaps_one_above(const table *table, int number) {
  for (int p = 0; p < POINTS; p++) {
    if (row_truth(&table->rows[number], point_of(p)) != YES) continue;
    for (int r = 0; r < number; r++)
      if (row_truth(&table->rows[r], point_of(p)) == YES) return true;
  }
  return false;
}

/* ---- What Treaty says ---- */

static const char head[] =
    "party desk\n"
    "type need as scale (a < b < c)\n"
    "lead { need need, n whole number, flag flag }\n"
    "event ask by buyer { need need, n whole number, flag flag }\n"
    "on ask { set lead.need to event.need  set lead.n to event.n  set lead.flag to event.flag }\n"
    "stages { new owned by desk, opened by (ask)  gone owned by desk, lost }\n"
    "agreement \"A\" version 1 between desk in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to gone after 3 days\n"
    "}\n";
#define ROWS_FROM_LINE 12

static treaty_program *load_table(const table *table, treaty_diags **diags) {
  char text[8192];
  size_t at =
      (size_t)snprintf(text, sizeof text, "%stable t of lead number by lead.need, n, flag%s {\n",
                       head, table->each_once ? ", each case once" : "");
  for (int r = 0; r < table->count; r++)
    at += (size_t)snprintf(text + at, sizeof text - at, "  %s\n", table->text[r]);
  snprintf(text + at, sizeof text - at, "}\n");
  treaty_program *program;
  treaty_status status = load_text(text_of(text), diags, &program);
  assert_true(status == TREATY_OK || status == TREATY_INVALID);
  return program;
}

static const treaty_diag *find_diag(treaty_diags *diags, const char *code, int row) {
  for (size_t i = 0; i < treaty_diags_count(diags); i++) {
    const treaty_diag *diag = treaty_diags_at(diags, i);
    if (strcmp(diag->code, code) != 0) continue;
    if (row < 0 || (int)diag->place.line == ROWS_FROM_LINE + row) return diag;
  }
  return NULL;
}

static void check_findings(const table *table, treaty_diags *diags, int number) {
  bool missing = find_diag(diags, "missing_case", -1) != NULL;
  if (missing != leaves_out(table)) fail_msg("table %d: missing_case is %d", number, missing);
  assert_null(find_diag(diags, "not_proved", -1));
  for (int r = 0; r < table->count; r++) {
    bool hidden = find_diag(diags, "hidden_row", r) != NULL;
    bool overlapping = find_diag(diags, "rows_overlap", r) != NULL;
    if (table->each_once ? overlapping != overlaps_one_above(table, r)
                         : hidden == can_match(table, r))
      fail_msg("table %d, row '%s': hidden is %d, overlapping %d", number, table->text[r], hidden,
               overlapping);
  }
}

static void check_values(const table *table, const treaty_program *program, int number) {
  treaty_engine *engine;
  assert_int_equal(treaty_engine_new(program, NULL, &engine), TREATY_OK);
  for (int p = 0; p < POINTS; p++) {
    char account[8], expected[12] = "unknown";
    sent_event sent;
    treaty_refusal refusal;
    size_t count;
    point point = point_of(p);
    snprintf(account, sizeof account, "p%d", p);
    prepare_event(&sent, program, "ask", (uint32_t)p, account, NOON);
    for (uint32_t c = 0; c < COLUMNS; c++) {
      int64_t value = c == 1 ? (point.of[c] - 1) * INT64_C(1000000) : point.of[c];
      if (point.of[c] < value_counts[c]) set_integer(&sent, c, value);
    }
    assert_int_equal(treaty_engine_event(engine, &sent.event, NOON, &refusal), TREATY_OK);
    const treaty_lead *lead = treaty_engine_account(engine, text_of(account), &count);
    int value = meaning(table, point);
    if (value >= 0) snprintf(expected, sizeof expected, "%d", value);
    const char *found = treaty_engine_value(engine, lead, "t");
    if (strcmp(found, expected) != 0)
      fail_msg("table %d, point %d: expected %s, but it is %s", number, p, expected, found);
  }
  treaty_engine_free(engine);
}

/* Puts the rows that the help offers at the end. */
static void add_missing(table *table, const treaty_diag *diag) {
  char help[2048];
  assert_true(strlen(diag->help) < sizeof help);
  strcpy(help, diag->help);
  strtok(help, "\n");
  for (char *line; (line = strtok(NULL, "\n")) != NULL;) add_row(table, line + 2);
}

static void drop_row(table *table, int number) {
  for (int r = number; r + 1 < table->count; r++) {
    table->rows[r] = table->rows[r + 1];
    memcpy(table->text[r], table->text[r + 1], sizeof table->text[r]);
  }
  table->count--;
}

/* Mends the table as the findings say until it checks; gives the program. */
static treaty_program *mend(table *table, int number) {
  for (int round = 0; round < 100; round++) {
    treaty_diags *diags;
    treaty_program *program = load_table(table, &diags);
    check_findings(table, diags, number);
    int wrong = -1;
    for (int r = 0; r < table->count; r++) {
      if (find_diag(diags, "hidden_row", r) || find_diag(diags, "rows_overlap", r)) wrong = r;
    }
    const treaty_diag *missing = find_diag(diags, "missing_case", -1);
    if (wrong >= 0)
      drop_row(table, wrong);
    else if (missing)
      add_missing(table, missing);
    treaty_diags_free(diags);
    if (program) return program;
  }
  fail_msg("table %d could not be mended", number);
  return NULL;
}

static void test_random_tables(void **state) {
  (void)state;
  uint64_t seed = SEED;
  for (int number = 0; number < TABLES; number++) {
    table table;
    make_table(&seed, &table);
    treaty_program *program = mend(&table, number);
    check_values(&table, program, number);
    treaty_program_free(program);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_tables)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
