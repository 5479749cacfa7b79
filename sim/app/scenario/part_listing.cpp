// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/part_listing.hpp"

#include "sim/app/scenario/resolved_yaml.hpp"
#include "sim/app/scenario/software_kernels.hpp"
#include "sim/app/scenario/system_section.hpp"

namespace decodesim {
namespace {

class Lister {
 public:
  Lister(PartListing& listing, Diagnostics& diagnostics) : listing_(listing), diagnostics_(diagnostics) {}

  template <class P>
  void list(const Schema<P>& schema, const std::vector<std::string>& elsewhere = {}) {
    P value;
    schema.read(listing_.part.node, value, diagnostics_, elsewhere);
    schema.resolve(&listing_.part.node, value, "", listing_.values);
    for (FieldInfo& info : schema.describe()) listing_.fields.push_back(std::move(info));
    if constexpr (requires { value.problems(); })
      if (diagnostics_.empty())
        for (const std::string& problem : value.problems())
          diagnostics_.error(listing_.part.node.position(), listing_.part.name + ": " + problem);
  }

  void accelerator() {
    for (const char* key : {"memory", "network", "software"}) {
      const Node* node = listing_.part.node.find(key);
      if (node != nullptr) listing_.brings.emplace_back(key, flow_yaml(*node));
      listing_.part.node.erase(key);
    }
    list(AcceleratorParameters::schema());
  }

  void memory() {
    const Node* model = listing_.part.node.find("model");
    const std::string name = model != nullptr ? model->text() : "";
    if (name == "dram")
      list(DramParameters::schema(), {"model"});
    else if (name == "flat")
      list(FlatMemoryParameters::schema(), {"model"});
    else if (name == "hbf")
      list(HbfParameters::schema(), {"model"});
    else
      diagnostics_.error((model != nullptr ? *model : listing_.part.node).position(),
                         "a memory part needs its model; expected model: dram, flat or hbf");
  }

  void software(const Catalog& catalog) {
    listing_.part.node = with_kernels(std::move(listing_.part.node), catalog, diagnostics_);
    list(software_schema());
    listing_.values.erase(listing_.values.begin());  // the name, which is no parameter
    listing_.fields.erase(listing_.fields.begin());
  }

 private:
  PartListing& listing_;
  Diagnostics& diagnostics_;
};

}  // namespace

PartListing list_part(const Catalog& catalog, PartKind kind, const Node& use) {
  PartListing listing;
  Diagnostics diagnostics;
  listing.part = catalog.load(kind, use);
  Lister lister(listing, diagnostics);
  switch (kind) {
    case PartKind::kAccelerator: lister.accelerator(); break;
    case PartKind::kMemory: lister.memory(); break;
    case PartKind::kLink: lister.list(LinkParams::schema()); break;
    case PartKind::kSwitch: lister.list(SwitchParams::schema()); break;
    case PartKind::kNic: lister.list(NicParams::schema()); break;
    case PartKind::kSoftware: lister.software(catalog); break;
    case PartKind::kCollectiveLibrary: lister.list(CollectiveLibrary::schema()); break;
    case PartKind::kMatrixKernel:
    case PartKind::kAttentionKernel:
      listing.part.node = with_kernel_below(listing.part.node, kind, catalog);
      if (kind == PartKind::kMatrixKernel)
        lister.list(MatrixKernel::schema());
      else
        lister.list(AttentionKernel::schema());
      break;
  }
  diagnostics.throw_if_any();
  return listing;
}

}  // namespace decodesim
