/* summary_show.c - a summary as aligned tables and as one JSON object.
 *
 * The split by a field is the same tables once more, with the field's value as their first column.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/summary_tally.h"
#include "runtime/table.h"
#include "runtime/terminal.h"

/* ---- Texts of numbers ------------------------------------------------------------------------ */

/* Days with one decimal, rounded. */
static void table_days(table *table, const tally_times *times, unsigned percent) {
  char text[TABLE_NUMBER_BYTES];
  if (times->count == 0) {
    table_text(table, "-");
    return;
  }
  int64_t ms = tally_nearest_rank(times->items, times->count, percent);
  int64_t tenths = (ms + TR_DAY_MS / 20) / (TR_DAY_MS / 10);
  snprintf(text, sizeof text, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
  table_text(table, text);
}

static const char *or_dash(const char *name) { return *name ? name : "-"; }

/* ---- Tables ---------------------------------------------------------------------------------- */

/* What the tables of one section are made of: one tally without a value, or one for each share. */
typedef struct section {
  const summary *summary;
  const tally *tallies;
  size_t count;
  bool split;
} section;

static const char *value_of(const section *section, size_t i) {
  const summary *summary = section->summary;
  return or_dash(summary->ledger.names[summary->shares[i].value]);
}

/* Begins a table: the value's column, when there is one, then `heads`, separated by "|". */
static void begin_table(const section *section, table *table, const char *columns,
                        const char *heads) {
  char all[TABLE_COLUMNS_MAX + 1];
  snprintf(all, sizeof all, "%s%s", section->split ? "t" : "", columns);
  table_init(table, all);
  if (section->split) table_text(table, section->summary->by);
  while (*heads) {
    char head[40];
    size_t length = strcspn(heads, "|");
    snprintf(head, sizeof head, "%.*s", (int)length, heads);
    table_text(table, head);
    heads += length + (heads[length] == '|');
  }
}

static void end_table(table *table, const char *title, buffer *out) {
  bool empty = table->count <= table->columns;
  buffer_print(out, "\n%s%s\n", title, empty ? ": none" : "");
  if (empty) {
    buffer unwanted = {0};
    table_put(table, &unwanted);
    buffer_free(&unwanted);
  } else {
    table_put(table, out);
  }
}

static void begin_row(const section *section, table *table, size_t i) {
  if (section->split) table_text(table, value_of(section, i));
}

static void put_pairs(const section *section, table *table, size_t i, const tally_pairs *pairs) {
  for (size_t p = 0; p < pairs->count; p++) {
    begin_row(section, table, i);
    table_text(table, or_dash(pairs->items[p].first));
    table_text(table, or_dash(pairs->items[p].second));
    table_count(table, pairs->items[p].count);
  }
}

static void put_leads(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "ttn", "stage|owner|leads");
  for (size_t i = 0; i < section->count; i++)
    put_pairs(section, &table, i, &section->tallies[i].stages);
  end_table(&table, "Leads at the end, by stage and owner", out);
}

static void put_handovers(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "tnnnnnnnnn",
              "to|offered|in time|late|rejected|returned|withdrawn|ended|still open|breached");
  for (size_t i = 0; i < section->count; i++)
    for (size_t p = 0; p < section->tallies[i].party_count; p++) {
      const tally_party *party = &section->tallies[i].parties[p];
      const party_tally *offers = &party->offers;
      begin_row(section, &table, i);
      table_text(&table, or_dash(party->party));
      table_count(&table, offers->offered);
      table_count(&table, offers->in_time);
      table_count(&table, offers->late);
      table_count(&table, offers->rejected);
      table_count(&table, offers->returned);
      table_count(&table, offers->withdrawn);
      table_count(&table, offers->ended);
      table_count(&table, offers->open);
      table_count(&table, offers->breached);
    }
  end_table(&table,
            "Hand-overs: accepted in time or late, rejected, returned unanswered, withdrawn, ended "
            "because the\nlead left or another was offered it, open; of all these, breached",
            out);
}

static void put_rejections(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "ttn", "by|reason|hand-overs");
  for (size_t i = 0; i < section->count; i++)
    for (size_t p = 0; p < section->tallies[i].party_count; p++) {
      const tally_party *party = &section->tallies[i].parties[p];
      const party_tally *offers = &party->offers;
      for (size_t r = 0; r < offers->rejections.count; r++) {
        begin_row(section, &table, i);
        table_text(&table, or_dash(party->party));
        table_text(&table, or_dash(offers->rejections.items[r].second));
        table_count(&table, offers->rejections.items[r].count);
      }
    }
  end_table(&table, "Rejected, by reason", out);
}

/* Parties of whose answers none is like that have no row. */
static void put_odd_answers(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "tnnnn",
              "by|in time, told after breach|in time, told after end|too late, after end|"
              "before the offer");
  for (size_t i = 0; i < section->count; i++)
    for (size_t p = 0; p < section->tallies[i].party_count; p++) {
      const tally_party *party = &section->tallies[i].parties[p];
      const party_tally *offers = &party->offers;
      if (offers->told_after_breach + offers->told_after_end + offers->too_late_after_end +
              offers->dated_before ==
          0)
        continue;
      begin_row(section, &table, i);
      table_text(&table, or_dash(party->party));
      table_count(&table, offers->told_after_breach);
      table_count(&table, offers->told_after_end);
      table_count(&table, offers->too_late_after_end);
      table_count(&table, offers->dated_before);
    }
  end_table(&table,
            "Answers in time but told after the breach, or after the offer had ended; too late for "
            "an offer that\nhad ended; dated before their offer",
            out);
}

static void put_answers(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "tnnnnn", "by|answers|open median|open p90|wall median|wall p90");
  for (size_t i = 0; i < section->count; i++)
    for (size_t p = 0; p < section->tallies[i].party_count; p++) {
      const tally_party *party = &section->tallies[i].parties[p];
      const party_tally *offers = &party->offers;
      begin_row(section, &table, i);
      table_text(&table, or_dash(party->party));
      table_count(&table, offers->accepted_wall_ms.count);
      tally_rank_cell(&table, &offers->accepted_open_ms, 50, true);
      tally_rank_cell(&table, &offers->accepted_open_ms, 90, true);
      tally_rank_cell(&table, &offers->accepted_wall_ms, 50, false);
      tally_rank_cell(&table, &offers->accepted_wall_ms, 90, false);
    }
  end_table(&table,
            "Time to the answer, of accepted hand-overs, in open hours and on the wall clock;\n"
            "none at once, none dated before the offer",
            out);
}

static void put_outcomes(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "ttn", "outcome|reason|leads");
  for (size_t i = 0; i < section->count; i++)
    put_pairs(section, &table, i, &section->tallies[i].outcomes);
  end_table(&table, "Closed leads, by reason", out);
}

static void put_wins(const section *section, buffer *out) {
  table table;
  begin_table(section, &table, "nnnnnn", "leads|ungoverned|won|lost|days to win, median|p90");
  for (size_t i = 0; i < section->count; i++) {
    const tally *tally = &section->tallies[i];
    begin_row(section, &table, i);
    table_count(&table, tally->leads);
    table_count(&table, tally->ungoverned);
    table_count(&table, tally->won);
    table_count(&table, tally->lost);
    table_days(&table, &tally->win_ms, 50);
    table_days(&table, &tally->win_ms, 90);
  }
  end_table(&table, "Leads, open ones that no agreement governs, and time from opening to win",
            out);
}

static void put_section(const section *section, buffer *out) {
  put_leads(section, out);
  put_handovers(section, out);
  put_rejections(section, out);
  put_odd_answers(section, out);
  put_answers(section, out);
  put_outcomes(section, out);
  put_wins(section, out);
}

static void put_events(const summary *summary, const treaty_program *program,
                       const replay_counts *counts, buffer *out) {
  const char *whose = summary->of_one_account ? " of all accounts" : "";
  buffer_print(out, "Events%s, by type\n", whose);
  table table;
  table_init(&table, "tn");
  table_text(&table, "type");
  table_text(&table, "accepted");
  for (size_t i = 0; i < treaty_program_event_type_count(program); i++) {
    table_text(&table, treaty_program_event_type_at(program, i)->name);
    table_count(&table, counts->accepted_by_type[i]);
  }
  table_text(&table, "in all");
  table_count(&table, counts->accepted);
  table_put(&table, out);
  if (counts->accepted == 0) return;
  buffer_print(out, "  from ");
  terminal_put_instant(out, program, counts->first_ms);
  buffer_print(out, " to ");
  terminal_put_instant(out, program, counts->clock_ms);
  buffer_print(out, "\n");
}

static void put_troubles(const summary *summary, const replay_counts *counts, buffer *out) {
  table table;
  table_init(&table, "tn");
  table_text(&table, "what");
  table_text(&table, "lines");
  for (int code = 1; code < TREATY_REFUSAL_COUNT; code++) {
    if (counts->refused_by_code[code] == 0) continue;
    char text[64];
    snprintf(text, sizeof text, "refused: %s", treaty_refusal_word((treaty_refusal_code)code));
    table_text(&table, text);
    table_count(&table, counts->refused_by_code[code]);
  }
  static const char *const names[] = {"late", "repeated", "found no open lead",
                                      "second entry into a stage"};
  uint64_t numbers[] = {counts->late, counts->repeated, summary->unbound, summary->entries_refused};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (numbers[i] == 0) continue;
    table_text(&table, names[i]);
    table_count(&table, numbers[i]);
  }
  end_table(&table, "Worth a look", out);
}

static void put_quotas(const summary *summary, const treaty_program *program, buffer *out) {
  table table;
  if (summary->quota_count == 0) return;
  table_init(&table, "ttttnnt");
  static const char *const heads[] = {"party", "rep", "what", "from", "owed", "reached", "kept"};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) table_text(&table, heads[i]);
  for (size_t i = 0; i < summary->quota_count; i++) {
    const treaty_quota *quota = &summary->quotas[i];
    char time[TREATY_TIME_TEXT_BYTES], from[32];
    treaty_time_text(program, quota->started_ms, time);
    snprintf(from, sizeof from, "%s %.10s", quota->per, time);
    table_text(&table, quota->party);
    table_text(&table, quota->rep ? quota->rep : "-");
    table_text(&table, quota->name);
    table_text(&table, from);
    table_text(&table, quota->owed);
    table_text(&table, quota->reached);
    table_text(&table, quota->kept ? "yes" : "not yet");
  }
  end_table(&table, "Quotas of the periods that run", out);
}

/* One tally for each share, or one of all. To be given back by free_section. */
static section make_section(const summary *summary, bool split) {
  size_t count = split ? summary->share_count : 1;
  tally *tallies = room_grow(NULL, count + 1, sizeof *tallies);
  for (size_t i = 0; i < count; i++)
    tally_make(summary, split ? &summary->shares[i] : NULL, &tallies[i]);
  return (section){.summary = summary, .tallies = tallies, .count = count, .split = split};
}

static void free_section(section *section) {
  tally *tallies = (tally *)section->tallies;
  for (size_t i = 0; i < section->count; i++) tally_free(&tallies[i]);
  free(tallies);
}

void summary_text(const summary *summary, const treaty_program *program,
                  const replay_counts *counts, buffer *out) {
  put_events(summary, program, counts, out);
  put_troubles(summary, counts, out);
  section all = make_section(summary, false);
  put_section(&all, out);
  free_section(&all);
  put_quotas(summary, program, out);
  if (!summary->by) return;
  buffer_print(out, "\nBy %s\n", summary->by);
  section split = make_section(summary, true);
  put_section(&split, out);
  free_section(&split);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_string(buffer *out, const char *text) { buffer_json(out, text, strlen(text)); }

static void put_instant(buffer *out, const char *key, int64_t time_ms) {
  char text[TR_TIME_TEXT_BYTES];
  if (time_ms == TREATY_NEVER) return;
  tr_format_instant(time_ms, text);
  buffer_print(out, "\"%s\":\"%s\",", key, text);
}

static void put_json_events(const treaty_program *program, const replay_counts *counts,
                            buffer *out) {
  put_instant(out, "from", counts->first_ms);
  put_instant(out, "to", counts->clock_ms);
  buffer_print(out, "\"events\":{\"accepted\":%" PRIu64 ",\"by_type\":{", counts->accepted);
  for (size_t i = 0; i < treaty_program_event_type_count(program); i++) {
    if (i > 0) buffer_put(out, ",", 1);
    put_string(out, treaty_program_event_type_at(program, i)->name);
    buffer_print(out, ":%" PRIu64, counts->accepted_by_type[i]);
  }
  buffer_print(out, "},\"late\":%" PRIu64 ",\"late_ms_max\":%" PRId64 ",\"repeated\":%" PRIu64 "}",
               counts->late, counts->late_ms_max, counts->repeated);
  buffer_print(out, ",\"refused\":{\"lines\":%" PRIu64 ",\"by_code\":{", counts->refused);
  bool some = false;
  for (int code = 1; code < TREATY_REFUSAL_COUNT; code++) {
    if (counts->refused_by_code[code] == 0) continue;
    buffer_print(out, "%s\"%s\":%" PRIu64, some ? "," : "",
                 treaty_refusal_word((treaty_refusal_code)code), counts->refused_by_code[code]);
    some = true;
  }
  buffer_print(out, "}}");
}

static void put_json_party(buffer *out, const tally_party *party) {
  const party_tally *offers = &party->offers;
  buffer_print(out, "{\"to\":");
  put_string(out, party->party);
  buffer_print(out,
               ",\"offered\":%" PRIu64 ",\"accepted_in_time\":%" PRIu64
               ",\"accepted_late\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"returned\":%" PRIu64
               ",\"withdrawn\":%" PRIu64 ",\"ended\":%" PRIu64 ",\"open\":%" PRIu64
               ",\"breached\":%" PRIu64,
               offers->offered, offers->in_time, offers->late, offers->rejected, offers->returned,
               offers->withdrawn, offers->ended, offers->open, offers->breached);
  buffer_print(out,
               ",\"accepted_at_once\":%" PRIu64 ",\"told_after_breach\":%" PRIu64
               ",\"told_after_end\":%" PRIu64 ",\"too_late_after_end\":%" PRIu64
               ",\"dated_before_offer\":%" PRIu64,
               offers->at_once, offers->told_after_breach, offers->told_after_end,
               offers->too_late_after_end, offers->dated_before);
  tally_pairs_json(out, "rejected_by_reason", NULL, "reason", &offers->rejections);
  tally_ranks_json(out, "accepted_open_ms", &offers->accepted_open_ms);
  tally_ranks_json(out, "accepted_wall_ms", &offers->accepted_wall_ms);
  buffer_put(out, "}", 1);
}

/* Members, without the braces. */
static void put_json_tally(buffer *out, const tally *tally) {
  buffer_print(
      out, "\"leads\":%" PRIu64 ",\"ungoverned\":%" PRIu64 ",\"won\":%" PRIu64 ",\"lost\":%" PRIu64,
      tally->leads, tally->ungoverned, tally->won, tally->lost);
  tally_ranks_json(out, "win_ms", &tally->win_ms);
  tally_pairs_json(out, "leads_by_stage", "stage", "owner", &tally->stages);
  tally_pairs_json(out, "closed_by_reason", "outcome", "reason", &tally->outcomes);
  buffer_print(out, ",\"handovers\":[");
  for (size_t i = 0; i < tally->party_count; i++) {
    if (i > 0) buffer_put(out, ",", 1);
    put_json_party(out, &tally->parties[i]);
  }
  buffer_put(out, "]", 1);
}

static void put_json_split(const summary *summary, buffer *out) {
  section split = make_section(summary, true);
  buffer_print(out, ",\"by\":{\"field\":");
  put_string(out, summary->by);
  buffer_print(out, ",\"values\":[");
  for (size_t i = 0; i < split.count; i++) {
    buffer_print(out, "%s{\"value\":", i > 0 ? "," : "");
    put_string(out, summary->ledger.names[summary->shares[i].value]);
    buffer_put(out, ",", 1);
    put_json_tally(out, &split.tallies[i]);
    buffer_put(out, "}", 1);
  }
  buffer_print(out, "]}");
  free_section(&split);
}

static void put_json_quotas(const summary *summary, buffer *out) {
  if (summary->quota_count == 0) return;
  buffer_print(out, ",\"quotas\":[");
  for (size_t i = 0; i < summary->quota_count; i++) {
    const treaty_quota *quota = &summary->quotas[i];
    buffer_print(out, "%s{\"party\":", i > 0 ? "," : "");
    put_string(out, quota->party);
    if (quota->rep) {
      buffer_print(out, ",\"rep\":");
      put_string(out, quota->rep);
    }
    buffer_print(out, ",\"name\":");
    put_string(out, quota->name);
    buffer_print(out, ",\"per\":\"%s\",", quota->per);
    put_instant(out, "started", quota->started_ms);
    put_instant(out, "due", quota->due_ms);
    buffer_print(out, "\"owed\":\"%s\",\"reached\":\"%s\",\"kept\":%s,\"agreement\":", quota->owed,
                 quota->reached, quota->kept ? "true" : "false");
    put_string(out, quota->agreement);
    buffer_print(out, ",\"version\":%u}", quota->version);
  }
  buffer_put(out, "]", 1);
}

void summary_json(const summary *summary, const treaty_program *program,
                  const replay_counts *counts, buffer *out) {
  section all = make_section(summary, false);
  buffer_put(out, "{", 1);
  put_json_events(program, counts, out);
  buffer_print(out, ",\"found_no_lead\":%" PRIu64 ",\"entries_refused\":%" PRIu64 ",",
               summary->unbound, summary->entries_refused);
  put_json_tally(out, &all.tallies[0]);
  put_json_quotas(summary, out);
  if (summary->by) put_json_split(summary, out);
  buffer_print(out, "}\n");
  free_section(&all);
}
