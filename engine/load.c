/* load.c - treaty_load: text to program, the whole way on one page. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/beside.h"
#include "engine/check.h"
#include "engine/compile.h"
#include "engine/ical.h"
#include "engine/limits.h"
#include "engine/prove.h"
#include "grammar/near.h"
#include "grammar/parse.h"
#include "grammar/zones.h"

/* What one load holds while it goes. */
typedef struct load {
  const treaty_host *host; /* of the treaty that is being read */
  treaty_diags *diags;
  treaty_program *program;
  tr_tree tree;
  TR_LIST(const char *) paths;  /* of the files read, by index … */
  uint32_t first_path;          /* … from here on of this treaty */
  TR_LIST(uint32_t) open;       /* those being used by each other, outermost first */
  TR_LIST(uint32_t) file_parts; /* to which treaty each file belongs */
  tr_symbols *symbols;
  tr_tree *trees;  /* of the treaties side by side */
  tr_memory proof; /* what only the proofs need */
} load;

/* ---- Files ----------------------------------------------------------------------------------- */

/* Takes "." and "a/.." out of a path, so that one file has one name. */
static const char *tidy_path(tr_arena *arena, const char *path) {
  size_t length = strlen(path);
  char *tidy = tr_arena_alloc(arena, length + 2);
  size_t used = 0;
  for (size_t i = 0; i < length;) {
    size_t end = i;
    while (end < length && path[end] != '/') end++;
    size_t part = end - i;
    bool up = part == 2 && path[i] == '.' && path[i + 1] == '.';
    size_t parent = used;
    while (parent > 0 && tidy[parent - 1] != '/') parent--;
    bool can_go_up =
        used > 0 && !(used - parent == 2 && tidy[parent] == '.' && tidy[parent + 1] == '.');
    if (part == 0 && i == 0) {
      tidy[used++] = '/';
    } else if (up && can_go_up) {
      used = parent > 0 ? parent - 1 : 0;
      if (used == 0 && path[0] == '/') tidy[used++] = '/';
    } else if (part > 0 && !(part == 1 && path[i] == '.')) {
      if (used > 0 && tidy[used - 1] != '/') tidy[used++] = '/';
      memcpy(tidy + used, path + i, part);
      used += part;
    }
    i = end + 1;
  }
  tidy[used] = '\0';
  return used ? tidy : ".";
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Relative to the using file, but for std/ and absolute paths. */
static const char *used_path(load *load, const char *path, uint32_t user) {
  tr_arena *arena = &load->program->arena;
  const char *from = load->paths.items[user];
  const char *slash = strrchr(from, '/');
  if (strncmp(path, "std/", 4) == 0 || path[0] == '/' || !slash) return tidy_path(arena, path);
  return tidy_path(arena, tr_arena_print(arena, "%.*s/%s", (int)(slash - from), from, path));
}

/* The file of the standard rules that was probably meant, without its ending; `bant` is one. */
static const char *near_std_file(const load *load, const char *path) {
  const char *names[TR_STD_FILES_MAX], *file;
  size_t count = 0;
  const char *slash = strrchr(path, '/');
  bool standard = strncmp(path, "std/", 4) == 0;
  while (count < TR_STD_FILES_MAX && (file = treaty_std_file_name(count))) names[count++] = file;
  const char *name =
      standard ? path : tr_arena_print(&load->diags->arena, "std/%s", slash ? slash + 1 : path);
  const char *near = tr_near_name(name, names, count);
  if (!near || (!standard && strcmp(near, name) != 0)) return NULL;
  return tr_arena_copy(&load->diags->arena, near, strlen(near) - strlen(".treaty"));
}

/* The first line that is not UTF-8: a spreadsheet saves in other ways, too. */
static const char *not_utf8(const load *load, treaty_text text) {
  uint32_t line = 1;
  for (size_t from = 0; from < text.length; line++) {
    const char *end = memchr(text.bytes + from, '\n', text.length - from);
    size_t length = end ? (size_t)(end - text.bytes) - from : text.length - from;
    if (!tr_utf8_valid(text.bytes + from, length)) break;
    from += length + 1;
  }
  return tr_arena_print(&load->diags->arena, "its line %u is not UTF-8", line);
}

/* Also once the folds of an iCalendar file are mended. */
static bool is_utf8(load *load, const char *path, treaty_text *text) {
  if (tr_utf8_valid(text->bytes, text->length)) return true;
  if (!ends_with(path, ".ics")) return false;
  const char *mended = tr_ical_mended(&load->diags->arena, text->bytes, text->length);
  if (!tr_utf8_valid(mended, text->length)) return false;
  text->bytes = mended;
  return true;
}

/* Decisions and findings name the files, so a name that is not UTF-8 will not do; in place of its
 * bytes outside of ASCII stands a '?'. */
static const char *shown_path(const load *load, const char *path) {
  if (tr_utf8_valid(path, strlen(path))) return path;
  char *shown = tr_arena_copy(&load->diags->arena, path, strlen(path));
  for (char *at = shown; *at; at++)
    if ((unsigned char)*at >= 0x80) *at = '?';
  return shown;
}

static bool read_source(load *load, const char *path, tr_span from, uint32_t *file) {
  treaty_text text = {0};
  const char *why = NULL, *shown = shown_path(load, path);
  tr_diag_code code = DIAG_NO_SUCH_FILE;
  if (shown != path) {
    code = DIAG_NOT_UTF8;
    why = "its path is not UTF-8";
  } else if (!load->host->read_file(load->host->context, path, &text, &why)) {
    if (!why) why = "no such file";
  } else if (text.length > TR_FILE_BYTES_MAX) {
    code = DIAG_OUT_OF_RANGE;
    why = "it has more than 16 MiB";
  } else if (!is_utf8(load, path, &text)) {
    code = DIAG_NOT_UTF8;
    why = not_utf8(load, text);
  } else {
    bool mark =
        text.length >= 3 && memcmp(text.bytes, "\xEF\xBB\xBF", 3) == 0; /* a BOM says nothing */
    *file = tr_sources_add(&load->diags->sources, path, text.bytes + (mark ? 3 : 0),
                           (uint32_t)text.length - (mark ? 3 : 0));
    TR_PUSH(&load->program->arena, &load->paths,
            tr_arena_copy(&load->program->arena, path, strlen(path)));
    return true;
  }
  if (load->paths.count == load->first_path) {
    *file = tr_sources_add(&load->diags->sources, shown, "", 0);
    from = (tr_span){.file = *file};
  }
  tr_diag *diag = tr_report(load->diags, code, from, "\"%s\" could not be used: %s", shown, why);
  const char *near = code == DIAG_NO_SUCH_FILE && load->paths.count > load->first_path
                         ? near_std_file(load, path)
                         : NULL;
  if (near) tr_diag_help(diag, "Did you mean \"%s\"?", near);
  if (code == DIAG_NOT_UTF8 && load->paths.count > load->first_path)
    tr_diag_help(diag, ends_with(path, ".ics")
                           ? "Save the file as UTF-8."
                           : "Save the file as UTF-8; a spreadsheet calls it 'CSV UTF-8'.");
  return false;
}

static void report_cycle(load *load, uint32_t file, tr_span from) {
  tr_arena *arena = &load->program->arena;
  const char *chain = NULL;
  for (uint32_t i = 0; i < load->open.count; i++) {
    if (!chain && load->open.items[i] != file) continue;
    const char *path = load->paths.items[load->open.items[i]];
    chain = chain ? tr_arena_print(arena, "%s -> %s", chain, path) : path;
  }
  tr_diag *diag =
      tr_report(load->diags, DIAG_USE_CYCLE, from, "these files use each other in a circle");
  tr_diag_help(diag, "%s -> %s", chain, load->paths.items[file]);
}

static void use_files(load *load, uint32_t file);

static void use_file(load *load, const char *path, tr_span from) {
  for (uint32_t i = 0; i < load->open.count; i++) {
    if (strcmp(load->paths.items[load->open.items[i]], path) != 0) continue;
    report_cycle(load, load->open.items[i], from);
    return;
  }
  for (uint32_t i = load->first_path; i < load->paths.count; i++) {
    if (strcmp(load->paths.items[i], path) == 0) return; /* once is enough */
  }
  if (load->open.count >= TR_USE_DEPTH_MAX) {
    tr_report(load->diags, DIAG_TOO_DEEP, from, "files use each other deeper than %d",
              TR_USE_DEPTH_MAX);
    return;
  }
  uint32_t file;
  if (read_source(load, path, from, &file))
    use_files(load, file);
  else
    load->tree.lost_file = true;
}

static void use_files(load *load, uint32_t file) {
  uint32_t first = load->tree.uses.count;
  TR_PUSH(&load->program->arena, &load->open, file);
  tr_parse_file(&load->program->arena, load->diags, &load->tree, file);
  uint32_t last = load->tree.uses.count;
  for (uint32_t i = first; i < last; i++) {
    tr_use use = load->tree.uses.items[i];
    const char *path = use.path;
    if (!ends_with(path, ".treaty"))
      path = tr_arena_print(&load->program->arena, "%s.treaty", path);
    use_file(load, used_path(load, path, file), use.span);
  }
  load->open.count--;
}

/* Lists, catalogues and holidays stand in files of their own, which are sources, too: errors point
 * there. */
static void read_other(load *load, tr_use *from) {
  if (!from->path) return;
  const char *path = used_path(load, from->path, from->span.file);
  for (uint32_t i = load->first_path; i < load->paths.count; i++) {
    if (strcmp(load->paths.items[i], path) != 0) continue;
    from->file = i;
    from->read = true;
    return;
  }
  from->read = read_source(load, path, from->span, &from->file);
}

static void read_others(load *load) {
  for (uint32_t i = 0; i < load->tree.lists.count; i++)
    read_other(load, &load->tree.lists.items[i]->from);
  for (uint32_t i = 0; i < load->tree.catalogues.count; i++)
    read_other(load, &load->tree.catalogues.items[i]->from);
  for (uint32_t i = 0; i < load->tree.calendars.count; i++) {
    tr_calendar_decl *calendar = load->tree.calendars.items[i];
    for (uint32_t k = 0; k < calendar->holidays.count; k++)
      read_other(load, &calendar->holidays.items[k].from);
  }
  for (uint32_t i = 0; i < load->tree.rosters.count; i++)
    read_other(load, &load->tree.rosters.items[i]);
}

/* ---- The world around the rules -------------------------------------------------------------- */

/* `Berlin` is meant for Europe/Berlin, and so is `Europe/Belrin`. */
static const char *near_zone(const char *name) {
  static const char *const zones[] = {
#define ZONE_ROW(name) name,
      TR_ZONES(ZONE_ROW)
#undef ZONE_ROW
  };
  size_t count = sizeof zones / sizeof *zones;
  for (size_t i = 0; i < count; i++) {
    const char *city = strrchr(zones[i], '/');
    if (city && tr_near_same(city + 1, name)) return zones[i];
  }
  return tr_near_name(name, zones, count);
}

static void report_zone(load *load, tr_name name, const char *why) {
  tr_diag *diag = tr_report(load->diags, DIAG_UNKNOWN_ZONE, name.span,
                            "time zone \"%s\" could not be read: %s", name.text, why);
  const char *near = near_zone(name.text);
  if (near && strcmp(near, name.text) != 0)
    tr_diag_help(diag, "Did you mean \"%s\"?", near);
  else
    tr_diag_help(diag, "Write an area and a city, such as \"Europe/Berlin\".");
}

static const tr_zone *read_zone(load *load) {
  tr_arena *arena = &load->program->arena;
  if (load->tree.zones.count == 0) return tr_zone_utc(arena);
  tr_name name = load->tree.zones.items[0];
  treaty_text bytes = {0};
  const char *why = "no such zone";
  const tr_zone *zone = NULL;
  if (load->host->read_zone(load->host->context, name.text, &bytes, &why))
    zone = tr_zone_new(arena, name.text, (const uint8_t *)bytes.bytes, bytes.length, &why);
  if (zone) return zone;
  report_zone(load, name, why);
  return tr_zone_utc(arena);
}

/* The program keeps its sources: it quotes them, and outlives the diagnostics. */
static void keep_sources(load *load) {
  tr_sources *kept = TR_NEW(&load->program->arena, tr_sources);
  kept->arena = &load->program->arena;
  for (uint32_t i = 0; i < load->diags->sources.files.count; i++) {
    const tr_source *source = &load->diags->sources.files.items[i];
    tr_sources_add(kept, source->path, source->bytes, source->length);
  }
  load->program->sources = kept;
}

/* ---- One treaty, or several side by side ----------------------------------------------------- */

static const char *folder_of(tr_arena *arena, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? tr_arena_copy(arena, path, (size_t)(slash - path) + 1) : "";
}

/* Reads a treaty with all that it uses into load->tree. */
static bool read_part(load *load, const treaty_version *version, tr_part *part) {
  tr_arena *arena = &load->program->arena;
  const char *path = tidy_path(arena, version->path);
  uint32_t file;
  *part = (tr_part){.host = version->host,
                    .folder = folder_of(arena, path),
                    .taken_ms = version->taken_ms,
                    .in_shadow = version->in_shadow,
                    .shadow_counts = version->shadow_counts};
  load->host = version->host;
  load->first_path = load->paths.count;
  load->tree = (tr_tree){.arena = arena};
  if (!read_source(load, path, (tr_span){0}, &file)) return false;
  use_files(load, file);
  tr_parse_settle(&load->tree, load->diags);
  read_others(load);
  part->zone = read_zone(load);
  return true;
}

static bool holds(tr_span item, tr_span span) {
  return item.file == span.file && item.from <= span.from && span.to <= item.to;
}

static bool is_of_tests(const tr_tree *tree, tr_span item) {
  bool found = false;
  for (uint32_t i = 0; i < tree->tests.count; i++) found |= holds(item, tree->tests.items[i]->span);
  for (uint32_t i = 0; i < tree->setups.count; i++)
    found |= holds(item, tree->setups.items[i]->span);
  for (uint32_t i = 0; i < tree->uses.count; i++) found |= holds(item, tree->uses.items[i].span);
  return found;
}

/* What else stands beside tests of all treaties together would be lost. */
static void check_only_tests(load *load) {
  if (load->diags->error_count > 0) return;
  for (uint32_t i = 0; i < load->tree.items.count; i++) {
    tr_span item = load->tree.items.items[i];
    if (is_of_tests(&load->tree, item)) continue;
    tr_diag *diag = tr_report(load->diags, DIAG_UNEXPECTED, item,
                              "only tests can stand beside the treaties of a folder");
    tr_diag_help(diag, "Declare it in the treaty that needs it.");
    return;
  }
}

static void note_files(load *load, uint32_t part) {
  while (load->file_parts.count < load->diags->sources.files.count)
    TR_PUSH(&load->program->arena, &load->file_parts, part);
}

static void take_tests(load *load, tr_tree *whole) {
  check_only_tests(load);
  for (uint32_t i = 0; i < load->tree.tests.count; i++)
    TR_PUSH(&load->program->arena, &whole->tests, load->tree.tests.items[i]);
  for (uint32_t i = 0; i < load->tree.setups.count; i++)
    TR_PUSH(&load->program->arena, &whole->setups, load->tree.setups.items[i]);
}

static bool read_beside(load *load, const treaty_version *versions, size_t count, tr_tree *whole) {
  tr_symbols *symbols = load->symbols;
  tr_tree tests = {0};
  for (size_t i = 0; i < count; i++) {
    tr_part *part = &symbols->parts[symbols->part_count];
    if (!read_part(load, &versions[i], part)) return false;
    if (versions[i].only_tests)
      take_tests(load, &tests);
    else
      load->trees[symbols->part_count++] = load->tree;
    note_files(load, symbols->part_count - 1);
  }
  tr_beside beside = {.arena = &load->program->arena,
                      .diags = load->diags,
                      .trees = load->trees,
                      .parts = symbols->parts,
                      .count = symbols->part_count,
                      .tree = whole};
  symbols->file_parts = load->file_parts.items;
  tr_beside_join(&beside);
  whole->tests.items = tests.tests.items;
  whole->tests.count = whole->tests.room = tests.tests.count;
  whole->setups.items = tests.setups.items;
  whole->setups.count = whole->setups.room = tests.setups.count;
  symbols->aliases = beside.aliases.items;
  symbols->alias_count = beside.aliases.count;
  return true;
}

static bool read_alone(load *load, const treaty_version *version, tr_tree *whole) {
  load->symbols->part_count = 1;
  if (!read_part(load, version, &load->symbols->parts[0])) return false;
  *whole = load->tree;
  tr_beside_openers(&load->symbols->parts[0], whole);
  return true;
}

static bool compile(load *load, const treaty_version *versions, size_t count) {
  treaty_program *program = load->program;
  tr_arena *arena = &program->arena;
  tr_symbols *symbols = TR_NEW(arena, tr_symbols);
  tr_tree *tree = TR_NEW(arena, tr_tree);
  load->symbols = symbols;
  program->symbols = symbols;
  symbols->memory = &program->memory;
  symbols->parts = TR_NEW_ARRAY(arena, tr_part, count);
  load->trees = TR_NEW_ARRAY(arena, tr_tree, count);
  bool read =
      count == 1 ? read_alone(load, versions, tree) : read_beside(load, versions, count, tree);
  if (!read || (count > 1 && load->diags->error_count > 0)) return false; /* each has checked */
  program->zone = symbols->parts[0].zone;
  tr_check check = {.arena = arena, .diags = load->diags, .tree = tree, .symbols = symbols};
  if (!tr_check_tree(&check)) return false;
  keep_sources(load);
  program->decay = tr_decay_tables_new(arena);
  tr_texts_init(&program->texts, &program->memory, NULL);
  tr_compile_tree(&check, program);
  if (load->diags->error_count == 0) tr_prove(&check, program, &load->proof);
  return load->diags->error_count == 0;
}

static treaty_diags *diags_new(jmp_buf *on_failure) {
  treaty_diags *diags = tr_memory_object(sizeof *diags);
  if (!diags) return NULL;
  diags->memory.on_failure = on_failure;
  tr_arena_init(&diags->arena, &diags->memory);
  diags->sources.arena = &diags->arena;
  return diags;
}

static treaty_program *program_new(jmp_buf *on_failure) {
  treaty_program *program = tr_memory_object(sizeof *program);
  if (!program) return NULL;
  program->memory.on_failure = on_failure;
  tr_arena_init(&program->arena, &program->memory);
  return program;
}

void treaty_program_free(treaty_program *program) {
  if (!program) return;
  for (tr_match_def *match = program->first_match; match; match = match->next)
    tr_match_free(match->match);
  tr_memory_close(&program->memory);
  tr_memory_object_free(program);
}

treaty_status treaty_load(const treaty_host *host, const char *path, treaty_diags **diags,
                          treaty_program **program) {
  treaty_version version = {.host = host, .path = path, .taken_ms = INT64_MIN};
  return treaty_load_beside(&version, 1, diags, program);
}

treaty_status treaty_load_beside(const treaty_version *versions, size_t count, treaty_diags **diags,
                                 treaty_program **program) {
  jmp_buf on_failure;
  load *volatile loading = tr_memory_object(sizeof *loading);
  volatile treaty_status status = TREATY_NO_MEMORY;
  *program = NULL;
  *diags = NULL;
  if (!loading) return TREATY_NO_MEMORY;
  loading->diags = diags_new(&on_failure);
  loading->program = program_new(&on_failure);
  if (!loading->diags || !loading->program) goto out;
  if (setjmp(on_failure) != 0) goto out;
  loading->proof.on_failure = &on_failure;
  status = compile(loading, versions, count) ? TREATY_OK : TREATY_INVALID;
  if (count > 1) tr_diags_drop_warnings(loading->diags);
  tr_diags_sort(loading->diags);
out:
  tr_memory_close(&loading->proof);
  if (status == TREATY_OK) {
    *program = loading->program;
    loading->program = NULL;
  }
  treaty_program_free(loading->program);
  *diags = loading->diags;
  if (*diags) (*diags)->memory.on_failure = NULL;
  if (*program) (*program)->memory.on_failure = NULL;
  tr_memory_object_free(loading);
  return status;
}

/* ---- What a program knows -------------------------------------------------------------------- */

const treaty_event_type *treaty_program_event_type(const treaty_program *program, const char *name,
                                                   size_t length) {
  uint32_t index = tr_map_find(&program->event_names, name, length);
  return index == TR_MAP_NONE ? NULL : &program->events[index].type;
}

size_t treaty_program_event_type_count(const treaty_program *program) {
  return program->event_count;
}

const treaty_event_type *treaty_program_event_type_at(const treaty_program *program, size_t index) {
  return &program->events[index].type;
}

size_t treaty_program_agreement_count(const treaty_program *program) {
  return program->agreement_count;
}

void treaty_program_agreement_at(const treaty_program *program, size_t index,
                                 treaty_agreement *agreement) {
  const tr_agreement_def *def = &program->agreements[index];
  *agreement = (treaty_agreement){.name = def->name,
                                  .version = def->version,
                                  .parties = def->parties,
                                  .party_count = def->party_count,
                                  .from_day = def->from_day,
                                  .to_day = def->to_day,
                                  .shadow_until_ms = def->shadow_until_ms};
}

int64_t treaty_program_late_ms(const treaty_program *program) { return program->late_ms; }

size_t treaty_time_text(const treaty_program *program, int64_t utc_ms,
                        char text[TREATY_TIME_TEXT_BYTES]) {
  _Static_assert(TREATY_TIME_TEXT_BYTES == TR_ZONE_TEXT_BYTES, "one text");
  return tr_zone_text(program ? program->zone : NULL, utc_ms, text);
}

int64_t treaty_local_instant(const treaty_program *program, int64_t local_ms) {
  return tr_zone_to_utc(program->zone, local_ms);
}

size_t treaty_program_test_count(const treaty_program *program) {
  return program->symbols->tree->tests.count;
}

const char *treaty_program_test_name(const treaty_program *program, size_t index) {
  return program->symbols->tree->tests.items[index]->name;
}
