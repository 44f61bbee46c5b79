/// The frame of a page: head, style and a policy under which a browser loads nothing from anywhere.
enum HTMLPage {
  /// A whole document; `script`, if any, is run inline and must be needed by nobody who only reads.
  static func html(title: String, body: HTML, bodyClass: HTML = "report", script: HTML = "") -> String {
    let scripts: HTML = script.markup.isEmpty ? "" : " script-src 'unsafe-inline';"
    let policy: HTML = "default-src 'none'; img-src data:; style-src 'unsafe-inline';\(scripts)"
    let tail: HTML = script.markup.isEmpty ? "" : "<script>\n\(script)\n</script>\n"
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <title>\(title)</title>
      <style>
      \(Stylesheet.css)
      </style>
      </head>
      <body class="\(bodyClass)">
      \(body)\(tail)</body>
      </html>

      """
    return page.markup
  }
}
