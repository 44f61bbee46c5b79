#!/usr/bin/env perl
# Prints every function or initializer of the Swift files named that has more than three unlabelled parameters, and
# every place where several properties are assigned at once: `(a, b) = …` without `let` or `var`.
use strict;
use warnings;

my $most = 3;
my $nested = qr/(?<nested>\((?:[^()]++|(?&nested))*+\))/;

# The parameters between the outer parentheses of a declaration.
sub parameters {
  my ($depth, @parts) = (0, '');
  for my $character (split //, substr $_[0], 1, -1) {
    $depth++ if $character =~ /[(\[{<]/;
    $depth-- if $character =~ /[)\]}>]/;
    if ($character eq ',' && $depth <= 0) { push @parts, '' } else { $parts[-1] .= $character }
  }
  return @parts;
}

for my $file (@ARGV) {
  open my $handle, '<', $file or die "$file: $!\n";
  my $text = do { local $/; <$handle> };
  # Comments and texts of several lines say nothing; their lines still count.
  $text =~ s{^([^"\n]*?)//[^\n]*}{$1}mg;
  $text =~ s{(""".*?""")}{ $1 =~ tr/\n//cdr }sge;
  my $line = sub { 1 + substr($text, 0, $_[0]) =~ tr/\n// };

  while ($text =~ /\b(?:func\s+(?<name>`[^`]+`|[^\s(<]+)|(?<name>init[?!]?))(?:<[^(]*>)?$nested/g) {
    my ($name, $start) = ($+{name}, $-[0]);
    my $count = grep { /^\s*(?:\@\w+\s+)*_\s+\w/ } parameters($+{nested});
    print "$file:", $line->($start), " $name: $count unlabelled parameters\n" if $count > $most;
  }

  while ($text =~ /(?<![^\s{;])$nested\s*=(?![=>])/g) {
    my ($group, $start) = ($+{nested}, $-[0]);
    my ($before) = substr($text, 0, $start) =~ /([^\n]*)\z/;
    next if $group !~ /,/ || $before =~ tr/"// % 2 || $before =~ /\b(?:let|var|case)\s+\z/;
    # A type: `let pair: (Int, Int) = …`; what follows a case of a `switch` is a statement.
    next if $before =~ /:\s*\z/ && $before !~ /\b(?:case\b[^{}]*|default):\s*\z/ || $before =~ /->\s*\z/;
    print "$file:", $line->($start), ": several properties assigned at once\n";
  }
}
