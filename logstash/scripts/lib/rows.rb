# frozen_string_literal: true

# Rows of comma-separated values.
module Rows
  # Pipelines start side by side, and of two scripts that load csv at once one may find half of it.
  LOADING = Mutex.new

  module_function

  # To be called before the first row is read.
  def register
    LOADING.synchronize { require 'csv' }
  end

  # A row's columns; nil where it is none.
  def parse(text, liberal)
    CSV.parse_line(text, liberal_parsing: liberal)
  rescue CSV::MalformedCSVError, ArgumentError
    nil
  end
end
