internal import CMarkdown

/// Prose in GitHub-flavoured Markdown (with tables), as markup that can neither run nor load anything.
enum Markdown {
  /// Renders prose: raw HTML is shown as text, images become links, headings go one level down.
  static func html(_ prose: String) -> HTML {
    guard let parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8) else { return "<p>\(prose)</p>" }
    defer { cmark_parser_free(parser) }
    for syntax in extensions { cmark_parser_attach_syntax_extension(parser, syntax) }
    // A zero byte, which Markdown replaces, would end a C string.
    cmark_parser_feed(parser, prose, prose.utf8.count)
    guard let document = cmark_parser_finish(parser) else { return "<p>\(prose)</p>" }
    defer { cmark_node_free(document) }
    tame(document)
    // The safe mode, which drops script URLs, is the default.
    guard
      let rendered = cmark_render_html(
        document, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser))
    else { return "<p>\(prose)</p>" }
    defer { cmark_get_default_mem_allocator().pointee.free(rendered) }
    return HTML(trusted: String(cString: rendered))
  }

  /// Registered once for the process, never freed, and only read afterwards, so threads may share them.
  nonisolated(unsafe) private static let extensions: [OpaquePointer] = {
    cmark_gfm_core_extensions_ensure_registered()
    let names: [String] = ["table", "strikethrough"]
    return names.compactMap { cmark_find_syntax_extension($0) }
  }()

  private static func tame(_ document: OpaquePointer) {
    for node in nodes(of: document) {
      switch cmark_node_get_type(node) {
      case CMARK_NODE_HEADING:
        cmark_node_set_heading_level(node, min(cmark_node_get_heading_level(node) + 1, 6))
      case CMARK_NODE_IMAGE: replaceImage(node)
      case CMARK_NODE_HTML_INLINE: replaceMarkup(node, by: CMARK_NODE_TEXT)
      case CMARK_NODE_HTML_BLOCK: replaceMarkup(node, by: CMARK_NODE_CODE_BLOCK)
      default: break
      }
    }
  }

  /// All nodes, listed before any is changed, because an iterator must not lose the ground under it.
  private static func nodes(of document: OpaquePointer) -> [OpaquePointer] {
    guard let iterator = cmark_iter_new(document) else { return [] }
    defer { cmark_iter_free(iterator) }
    var nodes: [OpaquePointer] = []
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return nodes }
      if event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) { nodes.append(node) }
    }
  }

  /// A report loads nothing, so a picture in prose becomes a link to it.
  private static func replaceImage(_ image: OpaquePointer) {
    guard let link = cmark_node_new(CMARK_NODE_LINK) else { return }
    cmark_node_set_url(link, cmark_node_get_url(image))
    cmark_node_set_title(link, cmark_node_get_title(image))
    while let child = cmark_node_first_child(image) { cmark_node_append_child(link, child) }
    replace(image, by: link)
  }

  /// Markup is shown as it was typed; a comment stays hidden.
  private static func replaceMarkup(_ node: OpaquePointer, by type: cmark_node_type) {
    guard let literal = cmark_node_get_literal(node), !String(cString: literal).hasPrefix("<!--"),
      let text = cmark_node_new(type)
    else { return }
    cmark_node_set_literal(text, literal)
    replace(node, by: text)
  }

  private static func replace(_ old: OpaquePointer, by new: OpaquePointer) {
    cmark_node_free(cmark_node_replace(old, new) == 1 ? old : new)
  }
}
