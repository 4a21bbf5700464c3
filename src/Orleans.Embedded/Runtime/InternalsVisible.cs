using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Srpo.Orleans.Embedded.Tests")]
