/* service.c - see service.h; service_step below is the whole way. */
#include "runtime/service.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "grammar/civil.h"
#include "runtime/event_decode.h"
#include "runtime/listener.h"
#include "runtime/notify.h"
#include "runtime/output.h"
#include "runtime/terminal.h"
#include "runtime/wall_clock.h"

/* Where a record came from, to tell the sender if the engine refuses it. */
typedef struct origin {
  uint64_t session, line_number; /* session 0: nobody's, a tick */
} origin;

/* A batch with the origins of its records, in their order. */
typedef struct flight {
  store_batch batch;
  origin *origins;
  size_t origin_count, origin_room;
} flight;

typedef enum service_state {
  SERVICE_OPEN,     /* nothing is on its way */
  SERVICE_COMMITS,  /* a batch is with the pool */
  SERVICE_COMMITTED /* it is durable, and not fed yet */
} service_state;

typedef struct service {
  const service_options *options;
  restart start; /* store, program, feeder */
  uv_loop_t loop;
  uv_prepare_t before_sleep;
  uv_timer_t clock_timer, sweep_timer, log_timer, stop_timer;
  uv_signal_t signals[2], reload_signal;
  listener feed, plain;
  uv_work_t work;
  service_state state;
  bool stopping, ended;
  bool reload_waits; /* the treaty is to be read again */
  bool tick_waits;   /* one is in the batch that gathers */
  bool told_behind;  /* that the wall clock is behind ours */

  sessions sessions;
  feed_places places;
  publisher *publisher;

  flight flights[2];
  flight *gathering, *flying;
  uint64_t fed_records; /* the number of the last record that the engine has seen */
  int64_t clock_ms;     /* --clock wall: of the last record taken; INT64_MIN: none */
  int64_t looked_ms;    /* --clock events: at the wall clock, to refuse what lies in the future */

  buffer why; /* of a failed commit */
  bool commit_failed;
  uint64_t refused_by_code[TREATY_REFUSAL_COUNT]; /* since that was last told */
} service;

/* A failed commit, no memory: what is on the disk is not known, or what is in memory not to be
 * trusted. So nothing is tidied up, and nobody is told that anything is durable. */
static _Noreturn void give_up(const char *reason) {
  say("%s; the service ends", reason);
  _exit(EXIT_USAGE);
}

/* ---- The clock ------------------------------------------------------------------------------- */

static bool goes_by_wall(const service *service) {
  return service->start.clock == STORE_CLOCK_WALL;
}

/* The wall clock, which for us never goes back, whatever happens to it. */
static int64_t stamp_wall(service *service) {
  int64_t now_ms = wall_clock_ms();
  if (now_ms > service->clock_ms) service->clock_ms = now_ms;
  return service->clock_ms;
}

/* By the events' clock each one brings its own time. The engine goes by the greatest that it has
 * accepted; which it will, is not known before the commit. */
static int64_t stamp(service *service, const treaty_event *event) {
  return goes_by_wall(service) ? stamp_wall(service) : event->time_ms;
}

/* Our clock stands while the wall clock is behind it: after that was set back, or on a store that
 * was filled beyond now. */
static void look_at_clock(service *service) {
  int64_t now_ms = wall_clock_ms();
  bool behind = goes_by_wall(service) && service->clock_ms > now_ms + WALL_CLOCK_SKEW_MS;
  if (behind && !service->told_behind) {
    buffer by = {0}, until = {0};
    terminal_put_duration(&by, service->clock_ms - now_ms, false);
    terminal_put_instant(&until, NULL, service->clock_ms);
    say("warning: this machine's clock is %s behind the store's, %s: "
        "until then no deadline passes, and what comes in counts as of that instant",
        buffer_text(&by), buffer_text(&until));
    buffer_free(&by);
    buffer_free(&until);
  }
  service->told_behind = behind;
}

/* ---- Taking lines ---------------------------------------------------------------------------- */

static void add_origin(flight *flight, origin origin) {
  if (flight->origin_count == flight->origin_room) {
    flight->origin_room = flight->origin_room ? flight->origin_room * 2 : 256;
    flight->origins = room_grow(flight->origins, flight->origin_room, sizeof *flight->origins);
  }
  flight->origins[flight->origin_count++] = origin;
  assert(flight->origin_count == flight->batch.record_count);
}

/* By the wall clock it is the engine that refuses it, by the clock of the record. */
static bool refuse_future(service *service, const treaty_event *event, treaty_refusal *refusal) {
  return !goes_by_wall(service) && wall_clock_refuses(&service->looked_ms, event->time_ms, refusal);
}

/* Refused before it became a record: kept in the table, and told after that is durable. */
static void refuse_line(service *service, session *session, treaty_text line,
                        const treaty_event *event, const treaty_refusal *refusal) {
  uint64_t line_number = session_lines_read(session);
  service->refused_by_code[refusal->code]++;
  store_batch_refused(&service->gathering->batch, &(store_refused){.line_number = line_number,
                                                                   .received_ms = wall_clock_ms(),
                                                                   .feed = session_feed(session),
                                                                   .source = event->source,
                                                                   .id = event->id,
                                                                   .line = line,
                                                                   .refusal = refusal});
  session_refuse(session, line_number, event->id, refusal, false);
}

/* What a line can be refused for by itself, it is refused for here; the rest is the engine's to
 * say, when the line is in the log. */
static void take_line(void *context, session *session, const feed_conn_line *line) {
  service *service = context;
  flight *gathering = service->gathering;
  treaty_text text = {line->bytes, line->length};
  treaty_event event = {0};
  treaty_refusal refusal = {0};
  bool fine = false;
  if (!line->bytes)
    event_decode_too_long(line->length, service->options->sessions.event_bytes_max, &refusal);
  else
    fine = feeder_decode(service->start.feeder, text, &event, &refusal);

  bool torn = refusal.code == TREATY_NOT_JSON || refusal.code == TREATY_BAD_UTF8;
  if (!fine && line->cut_off && torn) {
    session_unread_line(session); /* its sender died in the middle of it */
    return;
  }
  if (!fine || refuse_future(service, &event, &refusal)) {
    refuse_line(service, session, text, &event, &refusal);
  } else {
    store_batch_event(&gathering->batch, stamp(service, &event), session_feed(session), text);
    add_origin(gathering, (origin){session_number(session), session_lines_read(session)});
  }
  feed_places_reach(&service->places, session_feed(session), event.source, event.id,
                    session_add_line(session, text));
  if (store_batch_bytes(&gathering->batch) >= SERVICE_BATCH_BYTES_MAX)
    sessions_hold(&service->sessions, true);
}

/* ---- Gather and commit ----------------------------------------------------------------------- */

/* Takes what was read and what was decided since; false: there is nothing to write. */
static bool gather(service *service) {
  flight *flight = service->gathering;
  sessions_gather(&service->sessions);
  feed_places_gather(&service->places, &flight->batch);
  if (store_batch_empty(&flight->batch)) return false;
  service->gathering = service->flying;
  service->flying = flight;
  service->tick_waits = false;
  assert(store_batch_empty(&service->gathering->batch));
  sessions_hold(&service->sessions, service->stopping);
  return true;
}

static void commit_work(uv_work_t *work) {
  service *service = work->data;
  service->commit_failed =
      !store_commit(service->start.store, &service->flying->batch, &service->why);
}

static void on_committed(uv_work_t *work, int status) {
  service *service = work->data;
  assert(status == 0 && service->state == SERVICE_COMMITS);
  if (service->commit_failed) give_up(buffer_text(&service->why));
  service->state = SERVICE_COMMITTED;
}

static void commit(service *service) {
  service->work.data = service;
  if (uv_queue_work(&service->loop, &service->work, commit_work, on_committed) != 0)
    give_up("the commit could not be begun");
  service->state = SERVICE_COMMITS;
}

/* ---- Feed and publish ------------------------------------------------------------------------ */

static void take_decision(void *context, const treaty_decision *decision, treaty_text json) {
  service *service = context;
  store_batch_decision(&service->gathering->batch, decision, json, false);
  publisher_add(service->publisher, (store_position){decision->seq, decision->n}, json);
}

static void refuse_record(service *service, const record *record, const origin *origin,
                          const feeder_answer *answer) {
  service->refused_by_code[answer->refusal.code]++;
  store_batch_refused(&service->gathering->batch,
                      &(store_refused){.record = service->fed_records,
                                       .line_number = origin->line_number,
                                       .received_ms = record->clock_ms,
                                       .feed = record->feed,
                                       .source = answer->source,
                                       .id = answer->id,
                                       .line = record->text,
                                       .refusal = &answer->refusal});
  session *session = sessions_find(&service->sessions, origin->session);
  if (session) session_refuse(session, origin->line_number, answer->id, &answer->refusal, true);
}

/* What has no effect decides behind what has. */
static void shade(service *service, const record *record) {
  shadow *shadow = service->start.shadow;
  treaty_status status =
      shadow_record(shadow, service->fed_records, record, &service->gathering->batch);
  if (status == TREATY_NO_MEMORY || status == TREATY_NO_HISTORY)
    give_up(shadow_error(shadow, status));
}

/* Everything in the batch is durable: the engine may see it. */
static void feed(service *service) {
  flight *flying = service->flying;
  store_batch *batch = &flying->batch;
  record record;
  segment_spare(&batch->records);
  for (size_t at = 0, i = 0;
       segment_next(batch->records.bytes, batch->records.length, &at, &record); i++) {
    feeder_answer answer = feeder_record(service->start.feeder, ++service->fed_records, &record);
    if (answer.status == TREATY_NO_MEMORY || answer.status == TREATY_NO_HISTORY)
      give_up(feeder_error(service->start.feeder, answer.status));
    if (answer.status == TREATY_REFUSED)
      refuse_record(service, &record, &flying->origins[i], &answer);
    feeder_decisions(service->start.feeder, take_decision, service);
    shade(service, &record);
  }
  assert(service->fed_records == store_record_count(service->start.store));
  feeder_changed_leads(service->start.feeder, &service->gathering->batch);
}

static void publish(service *service) {
  publisher_stored(service->publisher, store_last_decision(service->start.store));
  publisher_pump(service->publisher);
}

static void acknowledge(service *service) {
  feed_places_arrive(&service->places);
  sessions_acknowledge(&service->sessions);
}

static void clear_flight(flight *flight) {
  store_batch_clear(&flight->batch);
  flight->origin_count = 0;
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void on_clock(uv_timer_t *timer);

static int64_t next_instant(const service *service) {
  int64_t next_ms = treaty_engine_next_ms(feeder_engine(service->start.feeder)),
          beside_ms = shadow_next_ms(service->start.shadow);
  return beside_ms < next_ms ? beside_ms : next_ms;
}

/* Wakes when time alone could bring a decision. */
static void set_clock_timer(service *service) {
  int64_t next_ms = next_instant(service);
  if (!goes_by_wall(service) || next_ms == TREATY_NEVER || service->tick_waits ||
      service->stopping) {
    uv_timer_stop(&service->clock_timer);
    return;
  }
  int64_t wait_ms = next_ms - wall_clock_ms();
  if (wait_ms < 1) wait_ms = 1; /* at once, but after what is to be read */
  uv_update_time(&service->loop);
  uv_timer_start(&service->clock_timer, on_clock, (uint64_t)wait_ms, 0);
}

/* The instant becomes a record, as an event does; the engine hears of it after the commit. */
static void on_clock(uv_timer_t *timer) {
  service *service = timer->data;
  if (next_instant(service) > wall_clock_ms()) {
    set_clock_timer(service);
    return;
  }
  store_batch_tick(&service->gathering->batch, stamp_wall(service));
  add_origin(service->gathering, (origin){0});
  service->tick_waits = true;
}

/* ---- The step -------------------------------------------------------------------------------- */

static void end_service(service *service);

/* Between two commits; what waits in the batch that gathers is judged by what is new. */
static void reload(service *service) {
  const restart_options *options = &service->options->start;
  buffer why = {0};
  service->reload_waits = false;
  notify_send("RELOADING=1");
  switch (restart_again(&service->start, options, &why)) {
    case RESTART_FAILED: give_up(buffer_text(&why));
    case RESTART_TAKEN_UP:
      service->fed_records = store_record_count(service->start.store);
      set_clock_timer(service);
      break;
    case RESTART_NOTHING_NEW: say("nothing is new in '%s'", options->treaty); break;
    case RESTART_STAYS:
      if (why.length > 0) say("%s", buffer_text(&why));
      say("everything stays as it was");
      break;
  }
  notify_send("READY=1");
  buffer_free(&why);
}

/* Called before the loop sleeps, that is, after all that was ready has been read. */
static void service_step(service *service) {
  if (service->state == SERVICE_COMMITS || service->ended) return;
  if (service->state == SERVICE_COMMITTED) {
    feed(service);
    publish(service);
    acknowledge(service);
    clear_flight(service->flying);
    set_clock_timer(service);
    service->state = SERVICE_OPEN;
  }
  if (service->reload_waits && !service->stopping) reload(service);
  if (gather(service)) {
    commit(service);
  } else {
    acknowledge(service); /* blank lines only */
    if (service->stopping) end_service(service);
  }
}

static void before_sleep(uv_prepare_t *prepare) { service_step(prepare->data); }

/* ---- The log of the service ------------------------------------------------------------------ */

static void tell_refused(service *service) {
  buffer codes = {0};
  uint64_t count = 0;
  for (int code = 0; code < TREATY_REFUSAL_COUNT; code++) {
    uint64_t of_code = service->refused_by_code[code];
    if (of_code == 0) continue;
    buffer_print(&codes, "%s%" PRIu64 " %s", count ? ", " : "", of_code,
                 treaty_refusal_word((treaty_refusal_code)code));
    count += of_code;
    service->refused_by_code[code] = 0;
  }
  if (count > 0)
    say("%" PRIu64 " %s refused: %s", count, count == 1 ? "line" : "lines", buffer_text(&codes));
  buffer_free(&codes);
}

static void on_log(uv_timer_t *timer) { tell_refused(timer->data); }

static void on_sweep(uv_timer_t *timer) {
  service *service = timer->data;
  sessions_sweep(&service->sessions);
  look_at_clock(service);
  if (service->state == SERVICE_OPEN) set_clock_timer(service); /* the wall clock may be set */
}

static void tell_start(const service *service) {
  buffer line = {0};
  const listener *all[] = {&service->feed, &service->plain};
  for (int i = 0; i < 2; i++) {
    if (!all[i]->open) continue;
    buffer_print(&line, "%s", line.length ? " and, plain, on " : i ? "plain, on " : "");
    address_put(&all[i]->address, &line);
  }
  say("listening on %s; %zu %s, store %s at record %" PRIu64 ", %s clock", buffer_text(&line),
      treaty_program_event_type_count(service->start.program),
      treaty_program_event_type_count(service->start.program) == 1 ? "type of event"
                                                                   : "types of event",
      service->options->start.folder, store_record_count(service->start.store),
      goes_by_wall(service) ? "wall" : "event");
  buffer_free(&line);
}

/* ---- Stopping -------------------------------------------------------------------------------- */

static void on_stop_over(uv_timer_t *timer) {
  service *service = timer->data;
  sessions_end(&service->sessions, true);
}

/* Nothing more is taken in; what is on its way goes its whole way, then the step ends the
 * service. */
static void on_signal(uv_signal_t *handle, int number) {
  service *service = handle->data;
  (void)number;
  if (service->stopping) return;
  service->stopping = true;
  notify_send("STOPPING=1");
  listener_close(&service->feed);
  listener_close(&service->plain);
  sessions_hold(&service->sessions, true);
  set_clock_timer(service);
}

static void on_reload(uv_signal_t *handle, int number) {
  service *service = handle->data;
  (void)number;
  if (service->options->start.treaty)
    service->reload_waits = true;
  else
    say("no treaty was named at the start, so none is read again");
}

static void close_handles(service *service) {
  uv_handle_t *handles[] = {
      (uv_handle_t *)&service->before_sleep, (uv_handle_t *)&service->clock_timer,
      (uv_handle_t *)&service->sweep_timer,  (uv_handle_t *)&service->log_timer,
      (uv_handle_t *)&service->signals[0],   (uv_handle_t *)&service->signals[1],
      (uv_handle_t *)&service->reload_signal};
  for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) uv_close(handles[i], NULL);
  listener_close(&service->feed);
  listener_close(&service->plain);
}

/* All is durable and acknowledged. The loop runs on until the last connection has closed. */
static void end_service(service *service) {
  service->ended = true;
  tell_refused(service);
  close_handles(service);
  sessions_end(&service->sessions, false);
  uv_unref((uv_handle_t *)&service->stop_timer);
  uv_timer_start(&service->stop_timer, on_stop_over, SERVICE_STOP_WAIT_MS, 0);
}

/* ---- Starting -------------------------------------------------------------------------------- */

static void accept_feed(void *owner, uv_stream_t *stream) {
  service *service = owner;
  sessions_accept(&service->sessions, stream, false);
}

static void accept_plain(void *owner, uv_stream_t *stream) {
  service *service = owner;
  sessions_accept(&service->sessions, stream, true);
}

static void set_place(void *context, treaty_text name, treaty_text source, treaty_text id,
                      feed_prefix prefix) {
  feed_places_set(context, name, source, id, prefix);
}

/* Before the store is touched, or even made. Whoever connects from now on waits until the loop
 * runs: only a socket that listens keeps others off its address. */
static bool listen_all(service *service, buffer *why) {
  const service_options *options = service->options;
  if (options->feed && options->plain && address_clashes(options->feed, options->plain)) {
    buffer_print(why, "--feed and --feed-plain cannot listen on one address");
    return false;
  }
  return (!options->feed || listener_open(&service->feed, &service->loop, options->feed,
                                          accept_feed, service, why)) &&
         (!options->plain || listener_open(&service->plain, &service->loop, options->plain,
                                           accept_plain, service, why));
}

static void start_handles(service *service) {
  uv_timer_t *timers[] = {&service->clock_timer, &service->sweep_timer, &service->log_timer,
                          &service->stop_timer};
  for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) {
    uv_timer_init(&service->loop, timers[i]);
    timers[i]->data = service;
  }
  uv_timer_start(&service->sweep_timer, on_sweep, 1000, 1000);
  uv_timer_start(&service->log_timer, on_log, SERVICE_REFUSED_LOG_MS, SERVICE_REFUSED_LOG_MS);
  uv_prepare_init(&service->loop, &service->before_sleep);
  service->before_sleep.data = service;
  uv_prepare_start(&service->before_sleep, before_sleep);
  uv_signal_init(&service->loop, &service->reload_signal);
  service->reload_signal.data = service;
  uv_signal_start(&service->reload_signal, on_reload, SIGHUP);
  static const int numbers[] = {SIGTERM, SIGINT};
  for (int i = 0; i < 2; i++) {
    uv_signal_init(&service->loop, &service->signals[i]);
    service->signals[i].data = service;
    uv_signal_start(&service->signals[i], on_signal, numbers[i]);
  }
}

/* Each connection is an open file, and so is much else. */
static size_t allowed_connections(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return SESSION_COUNT_MAX;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files); /* if that is refused, the old limit stays */
  getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur >= SESSION_COUNT_MAX + SERVICE_FILES_KEPT) return SESSION_COUNT_MAX;
  size_t allowed = files.rlim_cur > SERVICE_FILES_KEPT ? files.rlim_cur - SERVICE_FILES_KEPT : 1;
  say("warning: only %zu connections are taken at once, "
      "because this process may open only %llu files",
      allowed, (unsigned long long)files.rlim_cur);
  return allowed;
}

/* Everything between the store and the loop. */
static bool open_service(service *service, buffer *why) {
  const service_options *options = service->options;
  service->gathering = &service->flights[0];
  service->flying = &service->flights[1];
  service->clock_ms = service->start.clock_ms;
  service->looked_ms = INT64_MIN;
  service->fed_records = store_record_count(service->start.store);
  service->publisher = publisher_new(&service->loop, options->start.folder,
                                     store_last_decision(service->start.store));
  service->sessions = (sessions){.loop = &service->loop,
                                 .settings = options->sessions,
                                 .count_max = allowed_connections(),
                                 .publisher = service->publisher,
                                 .places = &service->places,
                                 .take_line = take_line,
                                 .context = service};
  if (!service->publisher || !sessions_open(&service->sessions)) {
    buffer_print(why, "there is not enough memory to begin");
    return false;
  }
  store *store = service->start.store;
  return store_feeds(store, set_place, &service->places, why) &&
         store_set_clock_kind(store, service->start.clock, why);
}

static void close_service(service *service) {
  sessions_close(&service->sessions);
  publisher_free(service->publisher);
  feed_places_close(&service->places);
  for (int i = 0; i < 2; i++) {
    store_batch_close(&service->flights[i].batch);
    free(service->flights[i].origins);
  }
  buffer_free(&service->why);
}

/* From the open store until a signal has ended it; gives an exit code. */
static int run_loop(service *service) {
  buffer why = {0};
  int exit_code = EXIT_USAGE;
  start_handles(service);
  if (open_service(service, &why)) {
    look_at_clock(service);
    tell_start(service);
    notify_send("READY=1");
    set_clock_timer(service);
    exit_code = EXIT_FINE;
  } else {
    say("%s", buffer_text(&why));
    close_handles(service);
    service->ended = true;
  }
  uv_run(&service->loop, UV_RUN_DEFAULT);
  uv_close((uv_handle_t *)&service->stop_timer, NULL);
  uv_run(&service->loop, UV_RUN_DEFAULT);
  close_service(service);
  buffer_free(&why);
  if (exit_code == EXIT_FINE) say("stopped at record %" PRIu64, service->fed_records);
  return exit_code;
}

/* Listens, then opens the store and runs; gives an exit code. */
static int listen_and_run(service *service) {
  buffer why = {0};
  int exit_code = EXIT_USAGE;
  if (!listen_all(service, &why))
    say("%s", buffer_text(&why));
  else if (restart_open(&service->start, &service->options->start, &exit_code))
    exit_code = run_loop(service);
  listener_close(&service->feed);
  listener_close(&service->plain);
  uv_run(&service->loop, UV_RUN_DEFAULT);
  buffer_free(&why);
  return exit_code;
}

/* Until it is ready it has acknowledged nothing: whatever it is about is done anew at the next
 * start. */
static void end_at_once(int number) {
  (void)number;
  _exit(EXIT_FINE);
}

int service_run(const service_options *options) {
  service *service = room_grow(NULL, 1, sizeof *service);
  memset(service, 0, sizeof *service);
  service->options = options;
  int exit_code = EXIT_USAGE;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, end_at_once);
  signal(SIGINT, end_at_once);
  if (uv_loop_init(&service->loop) != 0) {
    say("the event loop could not be made");
  } else {
    exit_code = listen_and_run(service);
    int busy = uv_loop_close(&service->loop);
    assert(busy == 0);
    (void)busy;
  }
  restart_close(&service->start);
  free(service);
  return exit_code;
}
