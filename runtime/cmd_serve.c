/* cmd_serve.c - `treaty serve`: puts a treaty in force. */
#include <stddef.h>

#include "runtime/commands.h"
#include "runtime/event_decode.h"
#include "runtime/output.h"
#include "runtime/service.h"
#include "runtime/token.h"

#define IDLE_S_DEFAULT 600

/* By the place of the word in --clock; 0: it is not given. */
static const store_clock clocks[] = {STORE_CLOCK_NONE, STORE_CLOCK_WALL, STORE_CLOCK_EVENTS};

typedef struct serve_options {
  const char *store, *feed, *feed_plain, *token_file;
  unsigned clock;
  bool takes_unsigned;
  uint64_t event_bytes_max, idle_s;
} serve_options;

static const option_row rows[] = {
    {"store", OPTION_TEXT, "FOLDER",
     "where events and decisions are kept; made when it is not there",
     offsetof(serve_options, store)},
    {"feed", OPTION_TEXT, "ADDR:PORT", "where feeds and subscribers connect",
     offsetof(serve_options, feed)},
    {"feed-plain", OPTION_TEXT, "ADDR:PORT",
     "where bare lines are taken, without replies; or unix:PATH",
     offsetof(serve_options, feed_plain)},
    {"clock", OPTION_CHOICE, "wall|events",
     "whose time passes: the wall clock's, or the greatest time of an event so far; a store keeps "
     "its clock, and a new one goes by the wall clock",
     offsetof(serve_options, clock)},
    {"unsigned", OPTION_FLAG, NULL,
     "put a treaty in force that not all of its parties have signed, for development; else it "
     "decides in shadow",
     offsetof(serve_options, takes_unsigned)},
    {"token-file", OPTION_TEXT, "FILE", "the secret that clients must know; else TREATY_TOKEN",
     offsetof(serve_options, token_file)},
    {"max-event-bytes", OPTION_NUMBER, "N", "a longer line is refused (131072)",
     offsetof(serve_options, event_bytes_max), EVENT_DECODE_LINE_BYTES_LIMIT},
    {"idle", OPTION_NUMBER, "SECONDS", "a feed that is idle for so long is closed (600)",
     offsetof(serve_options, idle_s), UINT32_MAX},
};

/* An address to listen on, NULL when there is none. Whoever can reach a feed can make decisions:
 * from outside this machine only with a token, and never without a handshake. */
static bool read_address(const char *text, bool guarded, const char *advice, address *room,
                         const address **address, buffer *why) {
  *address = NULL;
  if (!text) return true;
  if (!address_parse(text, room, why)) return false;
  *address = room;
  if (guarded || address_is_loopback(room)) return true;
  buffer_print(why, "%s can be reached from other machines: %s", text, advice);
  return false;
}

static bool read_addresses(const serve_options *options, bool token, address rooms[2],
                           service_options *service, buffer *why) {
  if (!options->feed && !options->feed_plain)
    buffer_print(why, "where to listen? name an address with --feed");
  return why->length == 0 &&
         read_address(options->feed, token, "set a token with --token-file or TREATY_TOKEN",
                      &rooms[0], &service->feed, why) &&
         read_address(
             options->feed_plain, false,
             "a plain feed knows no token, so it listens on loopback or a unix socket only",
             &rooms[1], &service->plain, why);
}

static bool has_store(const serve_options *options, buffer *why) {
  if (!options->store) buffer_print(why, "where are the events kept? name a folder with --store");
  return options->store != NULL;
}

static int run_serve(int argc, char **argv) {
  serve_options options = {.event_bytes_max = EVENT_DECODE_LINE_BYTES_DEFAULT,
                           .idle_s = IDLE_S_DEFAULT};
  options_rest rest;
  int exit_code;
  if (!options_read(&command_serve, argc, argv, &options, &rest, &exit_code)) return exit_code;

  buffer why = {0};
  char token[PROTOCOL_TOKEN_BYTES_MAX + 1];
  address rooms[2];
  service_options service = {.start = {.folder = options.store,
                                       .treaty = rest.count > 0 ? rest.arguments[0] : NULL,
                                       .takes_unsigned = options.takes_unsigned,
                                       .clock = clocks[options.clock]},
                             .sessions = {.event_bytes_max = (size_t)options.event_bytes_max,
                                          .idle_ms = options.idle_s * 1000}};
  exit_code = EXIT_USAGE;
  if (has_store(&options, &why) && token_read(options.token_file, token, &why) &&
      read_addresses(&options, token[0] != '\0', rooms, &service, &why)) {
    service.sessions.token = token[0] ? token : NULL;
    exit_code = service_run(&service);
  } else {
    say("%s", buffer_text(&why));
  }
  buffer_free(&why);
  return exit_code;
}

const command command_serve = {
    .name = "serve",
    .arguments = "[TREATY]",
    .summary = "put a treaty in force: take events in, send decisions out",
    .text =
        "Takes events over feeds (`treaty send`, docs/protocol.md), keeps them in a store, "
        "decides, and\n"
        "sends the decisions to whoever subscribes (`treaty watch`). An event is acknowledged when "
        "it is\n"
        "on the disk. After a restart it goes on where it was; then TREATY may be left out, as the "
        "store\n"
        "keeps every treaty with all that it was made from.\n\n"
        "TREATY may be a sealed one, or a folder of several. A newer version is taken up beside "
        "those\n"
        "that the store has, at a start or, by SIGHUP, while it runs. What not all parties have "
        "signed\n"
        "decides in shadow.\n\n"
        "It listens on this machine only, unless a token is set. SIGTERM lets it finish what is "
        "under\n"
        "way and end with exit code 0; 1 is a treaty that does not check, 2 a store, address or "
        "option\n"
        "that will not do.",
    .example =
        "treaty serve desk.treaty --store /var/lib/treaty --feed 127.0.0.1:7171\n"
        "treaty serve --store /var/lib/treaty --feed 127.0.0.1:7171 --feed-plain "
        "unix:/run/treaty.sock",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
    .arguments_min = 0,
    .arguments_max = 1,
    .run = run_serve,
};
