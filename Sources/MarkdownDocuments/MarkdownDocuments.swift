// MarkdownDocuments
