/// What lets a click on the name of a column sort a table; nobody who only reads needs it.
enum SortingScript {
  /// Sorts by the column that was clicked, the other way round at the second click.
  ///
  /// Rows without a value stay last. Keys are read once, so that ten thousand rows take a blink.
  static let script: HTML = """
    document.querySelectorAll("table").forEach(table => {
      const body = table.tBodies[0], heads = table.querySelectorAll("th[data-column]");
      const collator = new Intl.Collator("en", { numeric: true });
      const key = cell => {
        const text = cell.dataset.key ?? cell.textContent, number = Number(text);
        return text === "" || text === "nan" ? null : Number.isNaN(number) ? text : number;
      };
      const compare = (a, b) =>
        typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
      heads.forEach((th, i) => {
        th.tabIndex = 0;
        const sort = () => {
          const sign = th.getAttribute("aria-sort") === "ascending" ? -1 : 1;
          heads.forEach(other => other.removeAttribute("aria-sort"));
          th.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
          const rows = [...body.rows].map(row => [key(row.cells[i]), row]);
          rows.sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b));
          body.append(...rows.map(([, row]) => row));
        };
        th.addEventListener("click", sort);
        th.addEventListener("keydown", event => { if (event.key === "Enter") sort(); });
      });
    });
    """
}
