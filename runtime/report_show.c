/* report_show.c - a report as aligned tables, as CSV and as one JSON object. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/report.h"
#include "runtime/terminal.h"

/* What is counted of a row: the name in CSV and JSON, and of what it is made. */
#define COUNTS(X)                                   \
  X("offered", tally->offered)                      \
  X("accepted", tally->accepted)                    \
  X("rejected", tally->rejected)                    \
  X("returned", tally->returned)                    \
  X("withdrawn", tally->withdrawn)                  \
  X("ended", tally->ended)                          \
  X("open", tally->open)                            \
  X("owed", tally->owed)                            \
  X("kept", tally->kept)                            \
  X("late", tally->answered_late)                   \
  X("broken", tally->broken)                        \
  X("lapsed", tally->lapsed)                        \
  X("running", tally->running)                      \
  X("breached", tally->breached)                    \
  X("told_late", tally->told_late)                  \
  X("at_once", tally->at_once)                      \
  X("dated_before", tally->dated_before)            \
  X("paused", tally->paused)                        \
  X("paused_ms", (uint64_t)tally->paused_ms)        \
  X("timed", (uint64_t)tally->answer_wall_ms.count) \
  X("decided", tally->decided)                      \
  X("holds", tally->holds)                          \
  X("holding", tally->holding)                      \
  X("held_ms", (uint64_t)tally->held_ms)            \
  X("contacts", tally->contacts)                    \
  X("over_limit", tally->over_limit)

static const char *const kind_words[] = {
    [KIND_HANDOVER] = "hand-over", [KIND_DUTY] = "duty",       [KIND_POWER] = "power",
    [KIND_QUOTA] = "quota",        [KIND_CONTACT] = "contact", [KIND_LIMIT] = "limit"};

static const char *const count_words[] = {
#define COUNT_WORD(word, of) word,
    COUNTS(COUNT_WORD)
#undef COUNT_WORD
};

#define COUNT_COUNT (sizeof count_words / sizeof *count_words)

static void read_counts(const party_tally *tally, uint64_t counts[COUNT_COUNT]) {
  const uint64_t all[] = {
#define COUNT_OF(word, of) of,
      COUNTS(COUNT_OF)
#undef COUNT_OF
  };
  memcpy(counts, all, sizeof all);
}

static const char *name_at(const report *report, const report_row *row, report_part part) {
  return report->ledger.names[row->names[part]];
}

/* ---- Tables ---------------------------------------------------------------------------------- */

/* The rows of one kind. Of the parts those are shown that differ from row to row; the others are
 * told once. */
typedef struct shown {
  const report *report;
  const report_row *rows, *all;
  size_t row_count;
  report_part parts[REPORT_PART_COUNT];
  size_t count;
} shown;

static bool differs(const shown *shown, report_part part) {
  for (size_t i = 1; i < shown->row_count; i++)
    if (shown->rows[i].names[part] != shown->rows[0].names[part]) return true;
  return false;
}

static const char *or_dash(const char *name) { return *name ? name : "-"; }

static shown find_shown(const report *report, report_kind kind) {
  shown shown = {.report = report, .all = &report->all[kind]};
  size_t first = 0;
  while (first < report->row_count && report->rows[first].kind != kind) first++;
  shown.rows = report->rows + first;
  while (first + shown.row_count < report->row_count && shown.rows[shown.row_count].kind == kind)
    shown.row_count++;
  for (size_t i = 0; i < report->by.count; i++)
    if (differs(&shown, report->by.parts[i])) shown.parts[shown.count++] = report->by.parts[i];
  return shown;
}

/* "In each row: agreement loan desk, party desk"; what is told of none is left out. */
static void put_same(const shown *shown, bool is_first, buffer *out) {
  const report *report = shown->report;
  bool some = false;
  for (size_t i = 0; i < report->by.count; i++) {
    report_part part = report->by.parts[i];
    const char *name = name_at(report, &shown->rows[0], part);
    if (differs(shown, part) || !*name) continue;
    const char *begin = is_first ? "In each row: " : "\nIn each row: ";
    buffer_print(out, "%s%s ", some ? ", " : begin, report_part_word(part));
    terminal_put_text(out, (treaty_text){.bytes = name, .length = strlen(name)});
    some = true;
  }
  if (some) buffer_print(out, "\n");
}

/* The columns of the parts, then those of `heads`, separated by "|": texts first, as many as
 * `texts`. */
static void begin_table(const shown *shown, table *table, size_t texts, const char *heads) {
  char columns[TABLE_COLUMNS_MAX + 1] = "";
  size_t count = 1;
  for (const char *at = heads; *at; at++) count += *at == '|';
  memset(columns, 't', shown->count + texts);
  memset(columns + shown->count + texts, 'n', count - texts);
  table_init(table, columns);
  for (size_t i = 0; i < shown->count; i++) table_text(table, report_part_word(shown->parts[i]));
  while (*heads) {
    char head[24];
    size_t length = strcspn(heads, "|");
    snprintf(head, sizeof head, "%.*s", (int)length, heads);
    table_text(table, head);
    heads += length + (heads[length] == '|');
  }
}

static void begin_row(const shown *shown, table *table, const report_row *row) {
  for (size_t i = 0; i < shown->count; i++) {
    const char *all = i == 0 ? "in all" : "";
    table_text(table,
               row == shown->all ? all : or_dash(name_at(shown->report, row, shown->parts[i])));
  }
}

/* One table: a row for each row of the report of which it has something to say. */
typedef struct sheet {
  const char *titles[REPORT_KIND_COUNT]; /* NULL: it says nothing of the kind */
  const char *heads;
  uint64_t (*has)(const party_tally *tally);
  void (*put)(table *table, const party_tally *tally); /* the cells behind those of the parts */
} sheet;

static uint64_t has_offers(const party_tally *tally) { return tally->offered; }
static uint64_t has_owed(const party_tally *tally) { return tally->owed; }
static uint64_t has_times(const party_tally *tally) { return tally->answer_wall_ms.count; }
static uint64_t has_pauses(const party_tally *tally) { return tally->paused; }

static uint64_t has_decided(const party_tally *tally) { return tally->decided; }
static uint64_t has_holds(const party_tally *tally) { return tally->holds; }
static uint64_t has_contacts(const party_tally *tally) { return tally->contacts; }
static uint64_t has_over_limit(const party_tally *tally) { return tally->over_limit; }

static void put_offers(table *table, const party_tally *tally) {
  uint64_t counts[] = {tally->offered,  tally->accepted,  tally->at_once, tally->rejected,
                       tally->returned, tally->withdrawn, tally->ended,   tally->open};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) table_count(table, counts[i]);
}

static void put_owed(table *table, const party_tally *tally) {
  uint64_t counts[] = {tally->owed,   tally->kept,    tally->answered_late, tally->broken,
                       tally->lapsed, tally->running, tally->breached,      tally->told_late};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) table_count(table, counts[i]);
}

static void put_times(table *table, const party_tally *tally) {
  table_count(table, tally->answer_wall_ms.count);
  tally_rank_cell(table, &tally->answer_open_ms, 50, true);
  tally_rank_cell(table, &tally->answer_open_ms, 90, true);
  tally_rank_cell(table, &tally->answer_wall_ms, 50, false);
  tally_rank_cell(table, &tally->answer_wall_ms, 90, false);
}

static void put_pauses(table *table, const party_tally *tally) {
  table_count(table, tally->paused);
  tally_time_cell(table, tally->paused_ms, false);
}

static void put_decided(table *table, const party_tally *tally) {
  table_count(table, tally->decided);
}

static void put_holds(table *table, const party_tally *tally) {
  table_count(table, tally->holds);
  table_count(table, tally->holding);
  if (tally->holds > tally->holding)
    tally_time_cell(table, tally->held_ms, false);
  else
    table_text(table, "-");
}

static void put_contacts(table *table, const party_tally *tally) {
  table_count(table, tally->contacts);
}

static void put_over_limit(table *table, const party_tally *tally) {
  table_count(table, tally->over_limit);
}

static const sheet offers_sheet = {
    {[KIND_HANDOVER] =
         "Hand-overs: accepted, some of them at once, rejected, returned unanswered, withdrawn,\n"
         "ended because the lead left or another was offered it, open"},
    "offered|accepted|at once|rejected|returned|withdrawn|ended|open",
    has_offers,
    put_offers};
static const sheet owed_sheet = {
    {[KIND_HANDOVER] =
         "Answers owed: kept in time, given late, broken, lapsed as the offer ended before they "
         "were due,\nstill running; of all these, breached; told late though in time",
     [KIND_DUTY] = "Duties: kept in time, done late, broken, lapsed as they were owed no longer "
                   "before they were\ndue, still running; of all these, breached; told late "
                   "though in time"},
    "owed|kept|late|broken|lapsed|running|breached|told late",
    has_owed,
    put_owed};
static const sheet times_sheet = {
    {[KIND_HANDOVER] = "Time to the answer, in open hours and on the wall clock; none at once, "
                       "none dated before the offer",
     [KIND_DUTY] = "Time until it was done, in open hours and on the wall clock; none known at "
                   "once, none dated before"},
    "timed|open median|open p90|wall median|wall p90",
    has_times,
    put_times};
static const sheet pauses_sheet = {
    {[KIND_HANDOVER] = "Clocks that stood still: of so many offers, for so long in all",
     [KIND_DUTY] = "Clocks that stood still: of so many duties, for so long in all"},
    "paused|in all",
    has_pauses,
    put_pauses};

static void put_quotas(table *table, const party_tally *tally) {
  uint64_t counts[] = {tally->owed, tally->kept, tally->broken, tally->breached, tally->told_late};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) table_count(table, counts[i]);
}

static const sheet quotas_sheet = {
    {[KIND_QUOTA] = "Quotas of periods that were decided: kept, broken; of all these, breached "
                    "when the period\nwas over; told late though in time"},
    "owed|kept|broken|breached|told late",
    has_owed,
    put_quotas};

static const sheet powers_sheet = {
    {[KIND_POWER] = "Powers: what people decided about leads, and what was refused"},
    "decided",
    has_decided,
    put_decided};

static const sheet holds_sheet = {
    {[KIND_POWER] = "Holds: so many, still held, and for how long in all those that are over"},
    "holds|still held|in all",
    has_holds,
    put_holds};

static const sheet contacts_sheet = {
    {[KIND_CONTACT] = "Contacts with the buyer"}, "contacts", has_contacts, put_contacts};

static const sheet limits_sheet = {
    {[KIND_LIMIT] = "Contacts that a clause does not allow, by that clause"},
    "over limit",
    has_over_limit,
    put_over_limit};

/* With a last row of all together, where there is more than one. */
static void put_sheet(const shown *shown, const sheet *sheet, buffer *out) {
  const char *title = sheet->titles[shown->all->kind];
  table table;
  if (!title || !sheet->has(&shown->all->tally)) return;
  begin_table(shown, &table, 0, sheet->heads);
  size_t count = 0;
  for (size_t i = 0; i < shown->row_count; i++) {
    if (!sheet->has(&shown->rows[i].tally)) continue;
    begin_row(shown, &table, &shown->rows[i]);
    sheet->put(&table, &shown->rows[i].tally);
    count++;
  }
  if (count > 1) {
    begin_row(shown, &table, shown->all);
    sheet->put(&table, &shown->all->tally);
  }
  buffer_print(out, "\n%s\n", title);
  table_put(&table, out);
}

static void put_rejections(const shown *shown, buffer *out) {
  table table;
  if (shown->all->tally.rejected == 0) return;
  begin_table(shown, &table, 1, "reason|hand-overs");
  for (size_t i = 0; i < shown->row_count; i++) {
    const tally_pairs *reasons = &shown->rows[i].tally.rejections;
    for (size_t r = 0; r < reasons->count; r++) {
      begin_row(shown, &table, &shown->rows[i]);
      table_text(&table, or_dash(reasons->items[r].second));
      table_count(&table, reasons->items[r].count);
    }
  }
  buffer_print(out, "\nRejected, by reason\n");
  table_put(&table, out);
}

static void put_pausers(const shown *shown, buffer *out) {
  table table;
  if (shown->all->tally.pauses.count == 0) return;
  begin_table(shown, &table, 1, "by|pauses|in all");
  for (size_t i = 0; i < shown->row_count; i++) {
    const tally_spans *pauses = &shown->rows[i].tally.pauses;
    for (size_t k = 0; k < pauses->count; k++) {
      begin_row(shown, &table, &shown->rows[i]);
      table_text(&table, or_dash(pauses->items[k].by));
      table_count(&table, pauses->items[k].count);
      tally_time_cell(&table, pauses->items[k].ms, false);
    }
  }
  buffer_print(out, "\nPauses, by whose event the clock came to stand still\n");
  table_put(&table, out);
}

/* What the clause of that name does, "FILE:LINE"; NULL: it has no text. */
static const char *clause_text(const report *report, const char *clause) {
  const char *colon = strrchr(clause, ':'), *text = NULL;
  if (!colon) return NULL;
  char *file = room_copy(clause);
  file[colon - clause] = '\0';
  text = treaty_program_clause(report->program, file, (uint32_t)strtoul(colon + 1, NULL, 10));
  free(file);
  return text;
}

/* Each clause once, in the order of the rows. */
static void put_clauses(const report *report, buffer *out) {
  table table;
  size_t count = 0;
  table_init(&table, "tt");
  for (size_t i = 0; i < report->row_count; i++) {
    size_t before = 0;
    uint32_t clause = report->rows[i].names[PART_CLAUSE];
    while (before < i && report->rows[before].names[PART_CLAUSE] != clause) before++;
    const char *name = report->ledger.names[clause], *text = clause_text(report, name);
    if (before < i || !text) continue;
    if (count++ == 0) buffer_print(out, "\nClauses\n");
    table_text(&table, name);
    table_text(&table, text);
  }
  table_put(&table, out);
}

/* "Begun from 2026-01-01 00:00:00+01:00 to …" */
static void put_period(const report *report, buffer *out) {
  bool from = report->from_ms != INT64_MIN, to = report->to_ms != TREATY_NEVER;
  if (!from && !to) return;
  buffer_print(out, "Begun");
  if (from) {
    buffer_print(out, " from ");
    terminal_put_instant(out, report->program, report->from_ms);
  }
  if (to) {
    buffer_print(out, " to ");
    terminal_put_instant(out, report->program, report->to_ms);
  }
  buffer_print(out, "\n");
}

void report_text(const report *report, buffer *out) {
  put_period(report, out);
  if (report->row_count == 0) buffer_print(out, "Nothing was offered, owed or decided\n");
  for (int kind = 0; kind < REPORT_KIND_COUNT; kind++) {
    shown shown = find_shown(report, (report_kind)kind);
    if (shown.row_count == 0) continue;
    put_same(&shown, shown.rows == report->rows, out);
    put_sheet(&shown, &offers_sheet, out);
    put_rejections(&shown, out);
    put_sheet(&shown, &owed_sheet, out);
    put_sheet(&shown, &times_sheet, out);
    put_sheet(&shown, &pauses_sheet, out);
    put_pausers(&shown, out);
    put_sheet(&shown, &powers_sheet, out);
    put_sheet(&shown, &quotas_sheet, out);
    put_sheet(&shown, &holds_sheet, out);
    put_sheet(&shown, &contacts_sheet, out);
    put_sheet(&shown, &limits_sheet, out);
  }
  put_clauses(report, out);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void put_field(buffer *out, const char *text) {
  if (!text[strcspn(text, ",\"\r\n")]) {
    buffer_put(out, text, strlen(text));
    return;
  }
  buffer_put(out, "\"", 1);
  for (const char *at = text; *at; at++)
    buffer_put(out, *at == '"' ? "\"\"" : at, 1 + (*at == '"'));
  buffer_put(out, "\"", 1);
}

static int compare_names(const void *a, const void *b) {
  const tally_pair *left = a, *right = b;
  return strcmp(left->second, right->second);
}

/* All reasons that occur, by name; each is a column. To be freed. */
static tally_pair *find_reasons(const report *report, size_t *count) {
  const tally_pairs *rejections = &report->all[KIND_HANDOVER].tally.rejections;
  tally_pair *reasons = room_grow(NULL, rejections->count + 1, sizeof *reasons);
  *count = 0;
  for (size_t i = 0; i < rejections->count; i++)
    if (*rejections->items[i].second) reasons[(*count)++] = rejections->items[i];
  qsort(reasons, *count, sizeof *reasons, compare_names);
  return reasons;
}

static uint64_t rejected_for(const party_tally *tally, const char *reason) {
  for (size_t i = 0; i < tally->rejections.count; i++)
    if (tally->rejections.items[i].second == reason) return tally->rejections.items[i].count;
  return 0;
}

/* Whoever stopped a clock; each is a column. To be freed. */
static const char **find_pausers(const report *report, size_t *count) {
  size_t most =
      report->all[KIND_HANDOVER].tally.pauses.count + report->all[KIND_DUTY].tally.pauses.count;
  const char **pausers = room_grow(NULL, most + 1, sizeof *pausers);
  *count = 0;
  for (int kind = KIND_HANDOVER; kind <= KIND_DUTY; kind++) {
    const tally_spans *pauses = &report->all[kind].tally.pauses;
    for (size_t i = 0; i < pauses->count; i++) {
      size_t at = 0;
      while (at < *count && pausers[at] != pauses->items[i].by) at++;
      if (at == *count) pausers[(*count)++] = pauses->items[i].by;
    }
  }
  return pausers;
}

static int64_t paused_by(const party_tally *tally, const char *by) {
  for (size_t i = 0; i < tally->pauses.count; i++)
    if (tally->pauses.items[i].by == by) return tally->pauses.items[i].ms;
  return 0;
}

static void put_csv_ranks(buffer *out, const tally_times *times) {
  if (times->count == 0)
    buffer_print(out, ",,");
  else
    buffer_print(out, ",%" PRId64 ",%" PRId64, tally_nearest_rank(times->items, times->count, 50),
                 tally_nearest_rank(times->items, times->count, 90));
}

/* The columns that hang on what occurs. */
typedef struct occurring {
  tally_pair *reasons;
  const char **pausers;
  size_t reason_count, pauser_count;
} occurring;

static void put_csv_head(const report *report, const occurring *columns, buffer *out) {
  buffer_print(out, "kind");
  for (size_t i = 0; i < report->by.count; i++)
    buffer_print(out, ",%s", report_part_word(report->by.parts[i]));
  for (size_t i = 0; i < COUNT_COUNT; i++) buffer_print(out, ",%s", count_words[i]);
  buffer_print(out, ",open_ms_median,open_ms_p90,wall_ms_median,wall_ms_p90");
  for (size_t i = 0; i < columns->reason_count; i++) {
    buffer_print(out, ",rejected:");
    put_field(out, columns->reasons[i].second);
  }
  for (size_t i = 0; i < columns->pauser_count; i++)
    buffer_print(out, ",paused_ms:%s", columns->pausers[i]);
  buffer_print(out, "\r\n");
}

static void put_csv_row(const report *report, const occurring *columns, const report_row *row,
                        buffer *out) {
  const party_tally *tally = &row->tally;
  uint64_t counts[COUNT_COUNT];
  read_counts(tally, counts);
  buffer_print(out, "%s", kind_words[row->kind]);
  for (size_t p = 0; p < report->by.count; p++) {
    buffer_print(out, ",");
    put_field(out, name_at(report, row, report->by.parts[p]));
  }
  for (size_t c = 0; c < COUNT_COUNT; c++) buffer_print(out, ",%" PRIu64, counts[c]);
  put_csv_ranks(out, &tally->answer_open_ms);
  put_csv_ranks(out, &tally->answer_wall_ms);
  for (size_t r = 0; r < columns->reason_count; r++)
    buffer_print(out, ",%" PRIu64, rejected_for(tally, columns->reasons[r].second));
  for (size_t i = 0; i < columns->pauser_count; i++)
    buffer_print(out, ",%" PRId64, paused_by(tally, columns->pausers[i]));
  buffer_print(out, "\r\n");
}

void report_csv(const report *report, buffer *out) {
  occurring columns;
  columns.reasons = find_reasons(report, &columns.reason_count);
  columns.pausers = find_pausers(report, &columns.pauser_count);
  put_csv_head(report, &columns, out);
  for (size_t i = 0; i < report->row_count; i++)
    put_csv_row(report, &columns, &report->rows[i], out);
  free(columns.reasons);
  free(columns.pausers);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_json_name(const report *report, buffer *out, report_part part, const char *name) {
  const char *text = part == PART_CLAUSE ? clause_text(report, name) : NULL;
  buffer_print(out, ",\"%s\":", report_part_word(part));
  if (part == PART_VERSION)
    buffer_print(out, "%s", name);
  else
    buffer_json(out, name, strlen(name));
  if (!text) return;
  buffer_print(out, ",\"clause_text\":");
  buffer_json(out, text, strlen(text));
}

static void put_json_pauses(buffer *out, const tally_spans *pauses) {
  buffer_print(out, ",\"paused_by\":[");
  for (size_t i = 0; i < pauses->count; i++) {
    const tally_span *span = &pauses->items[i];
    buffer_print(out, "%s{", i > 0 ? "," : "");
    if (*span->by) {
      buffer_print(out, "\"by\":");
      buffer_json(out, span->by, strlen(span->by));
      buffer_print(out, ",");
    }
    buffer_print(out, "\"pauses\":%" PRIu64 ",\"paused_ms\":%" PRId64 "}", span->count, span->ms);
  }
  buffer_print(out, "]");
}

/* Members, from a comma on. */
static void put_json_tally(buffer *out, const party_tally *tally) {
  uint64_t counts[COUNT_COUNT];
  read_counts(tally, counts);
  for (size_t i = 0; i < COUNT_COUNT; i++)
    buffer_print(out, ",\"%s\":%" PRIu64, count_words[i], counts[i]);
  tally_pairs_json(out, "rejected_by_reason", NULL, "reason", &tally->rejections);
  put_json_pauses(out, &tally->pauses);
  tally_ranks_json(out, "open_ms", &tally->answer_open_ms);
  tally_ranks_json(out, "wall_ms", &tally->answer_wall_ms);
}

static void put_json_row(const report *report, const report_row *row, buffer *out) {
  bool all = row == &report->all[row->kind];
  buffer_print(out, "{\"kind\":\"%s\"", kind_words[row->kind]);
  for (size_t i = 0; i < report->by.count && !all; i++)
    put_json_name(report, out, report->by.parts[i], name_at(report, row, report->by.parts[i]));
  put_json_tally(out, &row->tally);
  buffer_print(out, "}");
}

static void put_json_bound(buffer *out, const char *key, int64_t time_ms) {
  char text[TR_TIME_TEXT_BYTES];
  if (time_ms == INT64_MIN || time_ms == TREATY_NEVER) return;
  tr_format_instant(time_ms, text);
  buffer_print(out, ",\"%s\":\"%s\"", key, text);
}

void report_json(const report *report, buffer *out) {
  buffer_print(out, "{\"by\":[");
  for (size_t i = 0; i < report->by.count; i++)
    buffer_print(out, "%s\"%s\"", i > 0 ? "," : "", report_part_word(report->by.parts[i]));
  buffer_print(out, "]");
  put_json_bound(out, "from", report->from_ms);
  put_json_bound(out, "to", report->to_ms);
  buffer_print(out, ",\"rows\":[");
  for (size_t i = 0; i < report->row_count; i++) {
    if (i > 0) buffer_print(out, ",");
    put_json_row(report, &report->rows[i], out);
  }
  buffer_print(out, "],\"in_all\":[");
  for (int kind = 0; kind < REPORT_KIND_COUNT; kind++) {
    if (kind > 0) buffer_print(out, ",");
    put_json_row(report, &report->all[kind], out);
  }
  buffer_print(out, "]}\n");
}
