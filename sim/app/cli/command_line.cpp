// SPDX-License-Identifier: Apache-2.0
#include "sim/app/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <limits>
#include <new>

#include "sim/app/cli/commands.hpp"
#include "sim/app/cli/exit_status.hpp"
#include "sim/app/report/build_info.hpp"
#include "sim/app/scenario/capacity.hpp"

namespace decodesim {
namespace {

/// All options of all subcommands, and the one that was chosen.
struct Arguments {
  RunOptions run;
  bool quiet = false;
  bool verbose = false;
  CheckOptions check;
  CatalogOptions catalog;
  TraceOptions trace;
  std::function<int(std::ostream&)> chosen;
};

// An unset shell variable in its place ("$OUT") shall not mean the default.
CLI::Validator named() {
  return {[](const std::string& text) { return text.empty() ? "no name; expected one" : std::string(); }, ""};
}

constexpr const char* kSetHelp = "Set a value of the scenario: path.to.key=value (repeatable)";

void add_run(CLI::App& app, Arguments& args) {
  CLI::App* run = app.add_subcommand("run", "Simulate a scenario and write its results");
  run->add_option("SCENARIO", args.run.scenario, "Scenario file")->required();
  run->add_option("--set", args.run.set, kSetHelp)->type_name("PATH=VALUE")->allow_extra_args(false);
  run->add_option("--out", args.run.out, "Directory of the results, default results/<scenario>")
      ->type_name("DIR")
      ->check(named());
  run->add_option("--seed", args.run.seed, "Seed of everything random: run.seed")->type_name("N");
  run->add_option("--fold", args.run.fold, "Whether one rank may stand for all alike (auto, on, off): run.fold")
      ->type_name("MODE");
  CLI::Option* quiet = run->add_flag("-q,--quiet", args.quiet, "No summary and no progress, only errors");
  run->add_flag("-v,--verbose", args.verbose, "More about what is done")->excludes(quiet);
  run->callback([&args] {
    args.run.verbosity = args.quiet ? Verbosity::kQuiet : args.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
    args.chosen = [&args](std::ostream& out) { return run_command(args.run, out); };
  });
}

void add_inspection(CLI::App& app, Arguments& args) {
  CLI::App* check = app.add_subcommand("check", "Check a scenario and print it with the origin of every value");
  check->add_option("SCENARIO", args.check.scenario, "Scenario file")->required();
  check->add_option("--set", args.check.set, kSetHelp)->type_name("PATH=VALUE")->allow_extra_args(false);
  check->callback([&args] { args.chosen = [&args](std::ostream& out) { return check_command(args.check, out); }; });

  CLI::App* explain = app.add_subcommand("explain", "Where a value of a scenario comes from, and why");
  explain->add_option("SCENARIO", args.check.scenario, "Scenario file")->required();
  explain->add_option("PATH", args.check.path, "Path of a value, as `check` nests them: system.accelerators.cores")
      ->required();
  explain->add_option("--set", args.check.set, kSetHelp)->type_name("PATH=VALUE")->allow_extra_args(false);
  explain->callback([&args] { args.chosen = [&args](std::ostream& out) { return explain_command(args.check, out); }; });

  CLI::App* catalog = app.add_subcommand("catalog", "What ships, with parameters and their sources");
  catalog->add_option("KIND", args.catalog.kind, "Kind of part; without it: list the kinds");
  catalog->add_option("NAME", args.catalog.name, "A part; without it: list the parts of the kind");
  catalog->add_option("SETTINGS", args.catalog.settings, "Of a topology: its keys, and link_cost, switch_power, ...")
      ->type_name("KEY=VALUE");
  catalog->add_option("--dot", args.catalog.dot, "Draw the topology for Graphviz")->type_name("FILE")->check(named());
  catalog->add_option("--svg", args.catalog.svg, "Draw the topology, with Graphviz where it is installed")
      ->type_name("FILE")
      ->check(named());
  catalog->callback(
      [&args] { args.chosen = [&args](std::ostream& out) { return catalog_command(args.catalog, out); }; });
}

void add_batching_options(CLI::App& command, TraceOptions& trace) {
  command.add_option("--concurrency", trace.concurrency, "Most sequences in a step")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}));
  command.add_option("--steps", trace.steps, "At most so many decode steps")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}));
  command.add_option("-o,--out", trace.out, "Decode trace file to write")
      ->required()
      ->type_name("FILE")
      ->check(named());
}

void add_trace(CLI::App& app, Arguments& args) {
  const CLI::Range count(std::int64_t{1}, std::int64_t{10'000'000});
  CLI::App* trace = app.add_subcommand("trace", "Make decode traces");
  trace->require_subcommand(1);
  CLI::App* import = trace->add_subcommand("import", "From a trace of requests, by continuous batching");
  import->require_subcommand(1);
  CLI::App* azure = import->add_subcommand("azure", "Azure LLM trace: TIMESTAMP,ContextTokens,GeneratedTokens");
  azure->add_option("FILE", args.trace.source, "CSV file")->required();
  azure->add_option("--requests", args.trace.requests, "The first so many requests of the file")->check(count);
  add_batching_options(*azure, args.trace);
  azure->callback(
      [&args] { args.chosen = [&args](std::ostream& out) { return trace_import_command(args.trace, out); }; });
  CLI::App* generate = trace->add_subcommand("generate", "From published statistics of request lengths");
  generate->add_option("LENGTHS", args.trace.source, "Name of the distribution, azure_conversation_2023")->required();
  generate->add_option("--requests", args.trace.requests, "How many requests")->required()->check(count);
  generate->add_option("--seed", args.trace.seed, "Seed of the lengths")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()));
  add_batching_options(*generate, args.trace);
  generate->callback(
      [&args] { args.chosen = [&args](std::ostream& out) { return trace_generate_command(args.trace, out); }; });
}

// CLI11 only says that a command is missing. What stands in its place, or nothing.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc && at->get_require_subcommand_min() > 0; ++i) {
    const std::string word = argv[i];  // NOLINT(cppcoreguidelines-pro-bounds-pointer-arithmetic)
    std::vector<std::string> known;
    for (const CLI::App* command : at->get_subcommands(nullptr)) known.push_back(command->get_name());
    if (std::find(known.begin(), known.end(), word) == known.end())
      return word.starts_with('-') ? "" : "'" + word + "' is no command" + suggestion(word, known);
    at = at->get_subcommand(word);
  }
  return "";
}

// What was printed may still wait to be written, and the disk behind it may be full.
int flushed(int status) {
  if (std::cout.flush()) return status;
  std::cerr << "decodesim: failed: standard output cannot be written\n";
  return status == kDone ? kFailed : status;
}

int execute(const Arguments& args) {
  try {
    return flushed(args.chosen(std::cout));
  } catch (const CapacityError& error) {
    std::cerr << error.what() << '\n' << error.table();
    return kBadInput;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return kBadInput;
  } catch (const std::bad_alloc&) {
    std::cerr << "decodesim: failed: out of memory\n";
    return kFailed;
  } catch (const std::exception& error) {
    std::cerr << "decodesim: failed: " << error.what() << '\n';
    return kFailed;
  }
}

}  // namespace

int command_line(int argc, char** argv) {
  CLI::App app("Discrete-event simulator of hardware for LLM decoding.", "decodesim");
  app.require_subcommand(1);
  const BuildInfo build = build_info();
  app.set_version_flag("--version", "decodesim " + build.version + " (" + build.git + ")");
  Arguments args;
  add_run(app, args);
  add_inspection(app, args);
  add_trace(app, args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string unknown = unknown_command(app, argc, argv);
    if (error.get_exit_code() != 0 && !unknown.empty()) {
      std::cerr << unknown << "\n";
      return kBadInput;
    }
    return app.exit(error, std::cout, std::cerr) == 0 ? kDone : kBadInput;
  }
  return execute(args);
}

}  // namespace decodesim
