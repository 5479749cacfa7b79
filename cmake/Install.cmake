# The program, and the data it ships with: catalog parts, models, topologies and scenarios, as in the source tree.
if(TARGET decodesim)
  install(TARGETS decodesim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
foreach(folder models/catalog workloads/models topologies scenarios)
  cmake_path(GET folder PARENT_PATH parent)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_DATADIR}/decodesim/${parent}
    FILES_MATCHING PATTERN "*.yaml" PATTERN "*.csv")
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
